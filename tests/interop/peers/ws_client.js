// ws_client.js - Node's ws as the client of our server.
//
//     node ws_client.js URL TOPIC...    the topics of ws_conversation.js, and those below
'use strict';

const assert = require('assert');
const WebSocket = require('ws');
const { Talk, bytes, topics } = require('./ws_conversation.js');

async function open(url, protocols = []) {
    const socket = new WebSocket(url, protocols);
    const talk = new Talk(socket);
    await new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
    });
    return talk;
}

const ownTopics = {
    // The server answers with the status and the reason that it got.
    async closes(url) {
        const reasons = ['', 'bye', 'Grüße und auf Wiedersehen 😀', 'r'.repeat(123)];
        for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]) {
            for (const reason of reasons) {
                const talk = await open(url);
                talk.socket.close(code, reason);
                await talk.closed(code, reason);
            }
        }
        const talk = await open(url);
        talk.socket.close();
        await talk.closed(1005, '');
    },

    // With --subprotocol chat. A client that offers others only is told so by getting none, which ws does not accept.
    async subprotocols(url) {
        assert.strictEqual((await open(url, ['chat'])).socket.protocol, 'chat');
        assert.strictEqual((await open(url, ['other', 'chat', 'third'])).socket.protocol, 'chat');
        assert.strictEqual((await open(url)).socket.protocol, '');
        await assert.rejects(open(url, ['Chat', 'chatter']), /no subprotocol/);
    },

    // A peer that vanishes in the middle of a message is no trouble for the next one.
    async vanishing(url) {
        for (let i = 0; i < 20; i++) {
            const talk = await open(url);
            talk.socket.send(bytes(100000), { fin: false });
            talk.socket.terminate();
        }
        const talk = await open(url);
        talk.socket.send('still there?');
        await talk.expect('text', 'still there?');
    },
};

async function main(url, ...names) {
    for (const name of names) {
        if (ownTopics[name]) {
            await ownTopics[name](url);
        } else {
            const talk = await open(url);
            await topics[name](talk);
            talk.socket.close(1000, 'done');
            await talk.closed(1000, 'done');
        }
        console.log(`Node's ws as the client: ${name} came back right`);
    }
}

main(...process.argv.slice(2)).then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
});
