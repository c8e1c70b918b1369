// ws_client.js - Node's ws as the client of deflate_server.
//
//     node ws_client.js URL OFFER ANSWER TOPIC...
//
// OFFER is the option perMessageDeflate of ws as JSON; ANSWER is what the server must select, as tap.js has it. Topics are
// those of topics.js, and those below.
'use strict';

const assert = require('assert');
const zlib = require('zlib');
const WebSocket = require('ws');
const { listen, check, readAnswer } = require('./tap.js');
const { topics, noise, prose } = require('./topics.js');
const { WsTalk, within } = require('./ws_talk.js');

async function open(url, offer) {
    const perMessageDeflate = offer && { threshold: 0, ...offer };
    const socket = new WebSocket(url, { perMessageDeflate, maxPayload: 0 });
    const talk = new WsTalk(socket);
    await within(new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
    }), 'handshake');
    return talk;
}

// One frame of our own making.
function raw(talk, payload, options) {
    const frame = { fin: true, rsv1: true, opcode: 2, mask: true, readOnly: true, ...options };
    for (const part of WebSocket.Sender.frame(Buffer.from(payload), frame))
        talk.socket._socket.write(part);
}

function deflated(data) {
    return zlib.deflateRawSync(data, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

const ownTopics = {
    // A gigabyte of zeros in a megabyte: the server refuses it in time, and goes on with others.
    async bomb(url, offer) {
        const million = zlib.deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: zlib.constants.Z_FULL_FLUSH });
        for (let i = 0; i < 2; i++) {
            const talk = await open(url, offer);
            raw(talk, Buffer.concat(Array(1024).fill(million)));
            assert.strictEqual((await within(talk.closed, 'close')).code, 1009);
        }
        const talk = await open(url, offer);
        await topics.text(talk);
        await talk.end(1000, '');
    },

    // What only the library's caller can find wrong, once there is an extension.
    async broken(url, offer) {
        const wrong = {
            'no compressed data': [1007, [Buffer.from('ffffffff', 'hex'), {}]],
            'text that is not UTF-8': [1007, [deflated(Buffer.from([0xc3, 0x28])), { opcode: 1 }]],
            'text that ends in a character': [1007, [deflated(Buffer.from('😀').subarray(0, 3)), { opcode: 1 }]],
            'RSV1 in a ping': [1002, [Buffer.alloc(2), { opcode: 9 }]],
            'RSV1 in a continuation': [1002, [Buffer.alloc(2), { fin: false, rsv1: false }], [Buffer.alloc(2), { opcode: 0 }]],
            'RSV1 in the second frame': [1002, [deflated('a'), { fin: false }], [Buffer.alloc(1), { opcode: 0 }]],
            'an unknown opcode': [1002, [deflated('a'), { opcode: 3 }]],
            'a message in a message': [1002, [deflated('a'), { fin: false }], [deflated('a'), {}]],
            'a continuation of nothing': [1002, [deflated('a'), { opcode: 0 }]],
        };
        for (const [what, [code, ...frames]] of Object.entries(wrong)) {
            const talk = await open(url, offer);
            frames.forEach((frame) => raw(talk, ...frame));
            assert.strictEqual((await within(talk.closed, what)).code, code, what);
        }
    },

    // What ws does not send, but RFC 7692 allows: blocks of every kind, and messages that are not compressed.
    async rare(url, offer) {
        const talk = await open(url, offer);
        const forms = { // the examples of RFC 7692, each "Hello"
            '7.2.3.1, one block': 'f248cdc9c90700',
            '7.2.3.2, the message before again': 'f200110000',
            '7.2.3.3, no compression': '000500faff48656c6c6f00',
            '7.2.3.4, the last block': 'f348cdc9c9070000',
            '7.2.3.5, two blocks': 'f24805000000ffffcac9c90700',
        };
        for (const [name, hex] of Object.entries(forms)) {
            const payload = Buffer.from(hex, 'hex');
            raw(talk, payload, { opcode: 1 });
            assert.strictEqual(await talk.receive(), 'Hello', name);
        }
        for (const name of ['7.2.3.1, one block', '7.2.3.5, two blocks']) { // in frames of one byte
            const payload = Buffer.from(forms[name], 'hex');
            payload.forEach((byte, i) => {
                const first = i === 0;
                raw(talk, [byte], { opcode: first ? 1 : 0, rsv1: first, fin: i === payload.length - 1 });
            });
            assert.strictEqual(await talk.receive(), 'Hello', name);
        }
        const data = Buffer.from(prose(5000));
        raw(talk, data, { opcode: 1, rsv1: false });
        assert.strictEqual(await talk.receive(), data.toString());
        raw(talk, noise(70000), { fin: false, rsv1: false });
        raw(talk, Buffer.alloc(0), { opcode: 0, rsv1: false });
        assert.deepStrictEqual(await talk.receive(), noise(70000));
        await talk.end(1000, '');
    },
};

async function main(url, offer, answer, ...names) {
    const { hostname, port } = new URL(url);
    const extension = readAnswer(answer);
    const taps = [];
    const server = await listen(hostname, Number(port), taps);
    const tapped = `ws://127.0.0.1:${server.address().port}`;
    offer = JSON.parse(offer);
    for (const name of names) {
        if (ownTopics[name]) {
            await ownTopics[name](url, offer);
        } else {
            const talk = await open(tapped, offer);
            await topics[name](talk);
            assert.deepStrictEqual(await talk.end(4000, 'done'), { code: 4000, reason: 'done' });
            check(taps.pop(), name, talk, extension);
        }
    }
}

main(...process.argv.slice(2)).then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
});
