// topics.js - what an end says to the other, which compresses and must echo it. It runs in Node and in a browser, so it
// uses only what both have; ends differ in how they send and what they can see: see the functions of a talk below.
//
//     talk.send(data)                 data is a string or a Uint8Array
//     talk.receive()                  a promise of the next message: a string or a Uint8Array
//     talk.frame(bytes, text, last)   a part of a message in a frame of its own (not in a browser)
//     talk.ping(data)                 a promise of the pong (not in a browser)
'use strict';

// size bytes that no compression makes smaller.
function noise(size, seed = 1) {
    const result = new Uint8Array(size);
    let state = seed;
    for (let i = 0; i < size; i++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        result[i] = state;
    }
    return result;
}

// Text of so many UTF-16 units, with characters of 1 to 4 bytes, which compresses well.
function prose(size) {
    return 'Größe, 尺寸, μέγεθος, 😀; '.repeat(size / 10 + 1).slice(0, size).replace(/[\ud800-\udbff]$/, 'x');
}

const SIZES = [0, 1, 2, 125, 126, 127, 4096, 4097, 65535, 65536, 1048576];

async function echo(talk, data) {
    const waiting = talk.receive();
    talk.send(data);
    expect(await waiting, data);
}

function expect(got, data) {
    const same = typeof got === typeof data && got.length === data.length &&
        (typeof data === 'string' ? got === data : got.every((byte, i) => byte === data[i]));
    if (!same)
        throw new Error(`sent ${typeof data} of ${data.length}, got ${typeof got} of ${got.length}`);
}

const topics = {
    async text(talk) {
        for (const size of SIZES)
            await echo(talk, prose(size));
    },

    async zeros(talk) {
        for (const size of SIZES)
            await echo(talk, new Uint8Array(size));
    },

    async random(talk) {
        for (const size of SIZES)
            await echo(talk, noise(size, size + 1));
    },

    // Small only where the context is kept, and within the smallest window.
    async repeated(talk) {
        for (let i = 0; i < 20; i++)
            await echo(talk, noise(200));
    },

    // Many messages on their way at once, in both directions.
    async burst(talk) {
        const all = [];
        for (let i = 0; i < 300; i++)
            all.push([prose(i), noise(i, i + 1), new Uint8Array(3 * i)][i % 3]);
        for (const data of all)
            talk.send(data);
        for (const data of all)
            expect(await talk.receive(), data);
    },

    // Frames of a message that is compressed as a whole, cut through characters; the last one is empty.
    async fragments(talk) {
        for (const whole of [prose(2000), noise(2000), prose(100000), noise(300000), '']) {
            const text = typeof whole === 'string';
            const bytes = text ? new TextEncoder().encode(whole) : whole;
            for (const count of [1, 2, 3, 50]) {
                const step = Math.ceil(bytes.length / count) + 1;
                for (let at = 0; at < bytes.length; at += step)
                    talk.frame(bytes.subarray(at, at + step), text, false);
                talk.frame(bytes.subarray(bytes.length), text, true);
                expect(await talk.receive(), whole);
            }
        }
    },

    // Control frames are never compressed, and come between the frames of a message.
    async pings(talk) {
        for (const size of [0, 1, 125])
            await talk.ping(noise(size));
        const bytes = noise(30000);
        talk.frame(bytes.subarray(0, 10), false, false);
        talk.frame(bytes.subarray(10, 20000), false, false);
        await talk.ping(noise(10));
        talk.frame(bytes.subarray(20000), false, true);
        expect(await talk.receive(), bytes);
        await echo(talk, prose(30000));
    },
};

if (typeof module !== 'undefined')
    module.exports = { topics, noise, prose };
