// ws_server.js - Node's ws as the server for deflate_client, which echoes.
//
//     node ws_server.js OPTIONS ANSWER TOPIC...    prints "listening on 127.0.0.1:PORT", runs until SIGINT
//
// OPTIONS is the option perMessageDeflate of ws as JSON; ANSWER is what ws must make of the client's offer, as tap.js has
// it. Topics are those of topics.js, all on one connection. Without topics, ANSWER is what the server selects whatever was
// offered, and the client is to go away. The exit code is 0 if all went right.
'use strict';

const assert = require('assert');
const { WebSocketServer } = require('ws');
const { listen, check, readAnswer } = require('./tap.js');
const { topics } = require('./topics.js');
const { WsTalk } = require('./ws_talk.js');

const [options, answer, ...names] = process.argv.slice(2);
const extension = readAnswer(answer);
const perMessageDeflate = options === 'false' ? false : { threshold: 0, ...JSON.parse(options) };
const taps = [];
let talking = Promise.resolve();
let wrong = names.length > 0;

async function serve(socket) {
    const talk = new WsTalk(socket);
    for (const name of names)
        await topics[name](talk);
    assert.deepStrictEqual(await talk.end(4000, 'done'), { code: 4000, reason: 'done' });
    check(taps[0], names.join(' '), talk, extension);
    wrong = false;
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate, maxPayload: 0 }, async () => {
    const tap = await listen('127.0.0.1', server.address().port, taps);
    console.log(`listening on 127.0.0.1:${tap.address().port}`);
});
if (names.length > 0)
    server.on('connection', (socket) => { talking = serve(socket).catch((error) => console.error(error)); });
else
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Extensions: ${extension}`));
process.on('SIGINT', () => talking.then(() => process.exit(wrong ? 1 : 0)));
