// chromium_client.js - a page in Chromium as the client of deflate_server.
//
//     node chromium_client.js URL ANSWER TOPIC...
//
// ANSWER is what the server must select, as tap.js has it. Topics are those of topics.js for a browser.
'use strict';

const assert = require('assert');
const path = require('path');
const { withBrowser } = require('../browser/browser.js');
const { listen, check, readAnswer } = require('./tap.js');

// Runs in the page. Resolves to what was said and seen.
async function converse([url, name]) {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const messages = [];
    const waiting = [];
    const closed = new Promise((resolve) => {
        socket.onclose = ({ code, reason, wasClean }) => {
            waiting.forEach(({ reject }) => reject(new Error(`closed with ${code}`)));
            resolve({ code, reason, wasClean });
        };
    });
    socket.onmessage = ({ data }) => {
        const message = typeof data === 'string' ? data : new Uint8Array(data);
        waiting.length > 0 ? waiting.shift().resolve(message) : messages.push(message);
    };
    await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error('no connection'));
    });
    const talk = {
        said: 0,
        count: 0,
        send(data) {
            talk.said += new Blob([data]).size;
            talk.count++;
            socket.send(data);
        },
        receive: () => (messages.length > 0 ? Promise.resolve(messages.shift())
            : new Promise((resolve, reject) => waiting.push({ resolve, reject }))),
    };
    const { extensions } = socket;
    await topics[name](talk);
    socket.close(4000, 'done');
    return { said: talk.said, count: talk.count, extensions, end: await closed };
}

async function main(url, answer, ...names) {
    const { hostname, port } = new URL(url);
    const extension = readAnswer(answer);
    const taps = [];
    const server = await listen(hostname, Number(port), taps);
    await withBrowser(async (context) => {
        const page = await context.newPage();
        await page.addScriptTag({ path: path.join(__dirname, 'topics.js') });
        for (const name of names) {
            const talk = await page.evaluate(converse, [`ws://127.0.0.1:${server.address().port}`, name]);
            assert.deepStrictEqual(talk.end, { code: 4000, reason: 'done', wasClean: true });
            assert.strictEqual(talk.extensions, extension);
            check(taps.pop(), name, talk, extension);
        }
    });
}

main(...process.argv.slice(2)).then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
});
