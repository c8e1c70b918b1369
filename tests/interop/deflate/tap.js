// tap.js - a TCP proxy that takes down which WebSocket frames went by. So it is seen from outside what was compressed.
'use strict';

const assert = require('assert');
const net = require('net');

// The frames of one direction: { fin, rsv, opcode, size }, where size is the payload's as it is on the wire.
class Frames {
    constructor() {
        this.head = '';       // the HTTP text in front
        this.list = [];
        this.rest = Buffer.alloc(0);
        this.skip = 0;        // bytes of payload that are still to come
        this.inHead = true;
    }

    add(data) {
        this.rest = Buffer.concat([this.rest, data]);
        while (this.step());
    }

    step() {
        const rest = this.rest;
        if (this.inHead) {
            const end = rest.indexOf('\r\n\r\n');
            if (end < 0)
                return false;
            this.head = rest.subarray(0, end + 2).toString('latin1');
            this.rest = rest.subarray(end + 4);
            this.inHead = false;
            return true;
        }
        if (this.skip > 0) {
            const count = Math.min(this.skip, rest.length);
            this.skip -= count;
            this.rest = rest.subarray(count);
            return count > 0;
        }
        return rest.length >= 2 && this.header(rest);
    }

    header(rest) {
        const form = rest[1] & 0x7f;
        const extended = form === 126 ? 2 : form === 127 ? 8 : 0;
        const length = 2 + extended + (rest[1] & 0x80 ? 4 : 0);
        if (rest.length < length)
            return false;
        const size = extended === 2 ? rest.readUInt16BE(2) : extended === 8 ? Number(rest.readBigUInt64BE(2)) : form;
        this.list.push({ fin: rest[0] >> 7, rsv: (rest[0] >> 4) & 7, opcode: rest[0] & 15, size });
        this.skip = size;
        this.rest = rest.subarray(length);
        return true;
    }

    extensions() {
        const match = this.head.match(/^sec-websocket-extensions: (.*?)\r$/im);
        return match ? match[1] : '';
    }

    messages() {
        return this.list.filter((frame) => frame.opcode === 1 || frame.opcode === 2).length;
    }

    // Bytes of data frames' payloads.
    size() {
        return this.list.reduce((sum, frame) => sum + (frame.opcode < 8 ? frame.size : 0), 0);
    }
}

// Listens, and connects what comes to host:port. taps gets { sent, received } for each connection: Frames as
// the client sees them.
function listen(host, port, taps) {
    return new Promise((resolve) => {
        const server = net.createServer((client) => {
            const tap = { sent: new Frames(), received: new Frames() };
            taps.push(tap);
            const peer = net.connect(port, host);
            for (const [from, to, frames] of [[client, peer, tap.sent], [peer, client, tap.received]]) {
                from.on('data', (data) => frames.add(data));
                from.pipe(to);
                from.on('error', () => to.destroy());
            }
        });
        server.listen(0, '127.0.0.1', () => resolve(server));
    });
}

// What a tap must have seen of a talk of one topic (see topics.js), if this extension was agreed upon, or none: "".
function check(tap, topic, talk, extension) {
    assert.strictEqual(tap.received.extensions(), extension);
    for (const [frames, end] of [[tap.sent, 'client'], [tap.received, 'server']]) {
        // RFC 7692, 6.1: RSV1 in the first frame of a message, and in no other frame.
        for (const { rsv, opcode } of frames.list)
            assert.strictEqual(rsv, extension && (opcode === 1 || opcode === 2) ? 4 : 0);
        assert.strictEqual(frames.messages(), talk.count);

        const size = frames.size();
        const forgets = extension.includes(`${end}_no_context_takeover`);
        if (!extension)
            assert.strictEqual(size, talk.said);
        else if (topic === 'repeated')
            assert.ok(forgets ? size > talk.said : size < talk.said / 4, `${end}: ${size} bytes for ${talk.said}`);
        else if (topic !== 'random')
            assert.ok(size < talk.said, `${end}: ${size} bytes for ${talk.said}`);
    }
    const sizes = `${talk.said} bytes in ${tap.sent.size()}, back in ${tap.received.size()}`;
    console.log(`${topic} came back right, ${talk.count} messages, ${sizes}`);
}

// An extension's parameters on the command line are separated by "+", for a ";" means something there; "none" is none.
function readAnswer(text) {
    return text === 'none' ? '' : text.split('+').join('; ');
}

module.exports = { listen, check, readAnswer };
