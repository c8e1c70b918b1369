// ws_conversation.js - what Node's ws says to the other end, which must echo it, and how it checks what comes back.
// The same for both roles. A topic is a function of a Talk; it throws if anything is not as it should be.
'use strict';

const assert = require('assert');

const SIZES = [0, 1, 125, 126, 127, 4095, 4096, 4097, 65535, 65536, 1048576];
const PATIENCE = 60000; // milliseconds

// size bytes that do not repeat with a period of any buffer's size.
function bytes(size) {
    const result = Buffer.alloc(size);
    for (let i = 0, state = size + 1; i < size; i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        result[i] = state >>> 16;
    }
    return result;
}

// Text of exactly size bytes in UTF-8, with characters of 1, 2, 3 and 4 bytes, so that many cuts fall into one.
function text(size) {
    const letters = ['a', 'é', '€', '😀', 'z'];
    let result = '';
    let left = size;
    for (let i = 0; left > 0; i++) {
        const letter = letters[(i * 7 + (i >> 3)) % letters.length];
        const step = Buffer.byteLength(letter);
        result += step <= left ? letter : 'x'.repeat(left);
        left -= Math.min(step, left);
    }
    return result;
}

function shown(data) {
    const size = data.length;
    return `${size} bytes ${data.subarray(0, 24).toString('hex')}${size > 24 ? '...' : ''}`;
}

// A WebSocket with its events in a line, in the order in which they came.
class Talk {
    constructor(socket) {
        this.socket = socket;
        this.events = [];
        this.waiting = null;
        socket.on('message', (data, binary) => this.add({ kind: binary ? 'binary' : 'text', data }));
        socket.on('pong', (data) => this.add({ kind: 'pong', data }));
        socket.on('close', (code, reason) => this.add({ kind: 'close', code, reason: reason.toString() }));
        socket.on('error', (error) => this.add({ kind: 'error', error }));
    }

    add(event) {
        if (this.waiting) {
            this.waiting(event);
            this.waiting = null;
        } else {
            this.events.push(event);
        }
    }

    async next() {
        if (this.events.length > 0)
            return this.events.shift();
        let timer;
        const timeout = new Promise((resolve, reject) => {
            timer = setTimeout(() => reject(new Error('the other end is silent')), PATIENCE);
        });
        const event = new Promise((resolve) => { this.waiting = resolve; });
        return Promise.race([event, timeout]).finally(() => clearTimeout(timer));
    }

    async expect(kind, data) {
        const event = await this.next();
        const wanted = Buffer.from(data);
        const got = `${event.kind} ${event.code || ''} ${event.error || ''}`;
        assert.strictEqual(event.kind, kind, `expected ${kind}, got ${got}`);
        assert.ok(event.data.equals(wanted), `expected ${shown(wanted)}, got ${shown(event.data)}`);
    }

    async closed(code, reason) {
        const event = await this.next();
        assert.strictEqual(event.kind, 'close', `expected close, got ${event.kind} ${event.error || ''}`);
        assert.strictEqual(event.code, code);
        assert.strictEqual(event.reason, reason);
    }
}

const topics = {
    async text(talk) {
        for (const size of SIZES) {
            talk.socket.send(text(size));
            await talk.expect('text', text(size));
        }
    },

    async binary(talk) {
        for (const size of SIZES) {
            talk.socket.send(bytes(size));
            await talk.expect('binary', bytes(size));
        }
    },

    // Many messages on their way at once, in both directions.
    async burst(talk) {
        for (let i = 0; i < 500; i++)
            talk.socket.send(i % 2 ? bytes(i) : text(i));
        for (let i = 0; i < 500; i++)
            await (i % 2 ? talk.expect('binary', bytes(i)) : talk.expect('text', text(i)));
    },

    // Fragments of every small size, empty ones too, cut through characters.
    async fragments(talk) {
        const wholes = [['text', Buffer.from(text(300))], ['binary', bytes(300)], ['text', Buffer.alloc(0)]];
        for (const [kind, whole] of wholes) {
            for (const step of [1, 2, 3, 7, 125, 126, 299]) {
                for (let at = 0; at < whole.length; at += step)
                    talk.socket.send(whole.subarray(at, at + step), { binary: kind === 'binary', fin: false });
                talk.socket.send(Buffer.alloc(0), { binary: kind === 'binary', fin: true });
                await talk.expect(kind, whole);
            }
        }
        const large = bytes(200000);
        for (let at = 0; at < large.length; at += 50000)
            talk.socket.send(large.subarray(at, at + 50000), { fin: at + 50000 === large.length });
        await talk.expect('binary', large);
    },

    // Every ping gets its own pong, in order; one inside a message comes before the message is complete.
    async pings(talk) {
        for (const size of [0, 1, 124, 125]) {
            talk.socket.ping(bytes(size));
            await talk.expect('pong', bytes(size));
        }
        for (let i = 0; i < 20; i++)
            talk.socket.ping(bytes(i));
        for (let i = 0; i < 20; i++)
            await talk.expect('pong', bytes(i));
        talk.socket.pong('nobody asked');
        talk.socket.send('begin ', { fin: false });
        talk.socket.ping('in between');
        await talk.expect('pong', 'in between');
        talk.socket.send('end');
        await talk.expect('text', 'begin end');
    },
};

module.exports = { Talk, bytes, text, topics };
