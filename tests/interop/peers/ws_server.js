// ws_server.js - Node's ws as the server for our client.
//
//     node ws_server.js MODE [TOPIC...]    prints "listening on 127.0.0.1:PORT", runs until SIGINT
//
// Modes: echo answers as it should; parts does so in fragments; drive says the topics of ws_conversation.js to a client
// that echoes; the others are wrong in one way each. The exit code is 0 if every client that came closed its
// connection as it should, and at least one came.
'use strict';

const { WebSocketServer } = require('ws');
const { Talk, topics } = require('./ws_conversation.js');

const [mode, ...names] = process.argv.slice(2);
let finished = 0;
let failed = 0;

function verdict(error) {
    if (error)
        console.error(error);
    error ? failed++ : finished++;
}

const answers = {
    echo: (socket, data, binary) => socket.send(data, { binary }),
    parts: (socket, data, binary) => {
        const third = Math.ceil(data.length / 3);
        socket.send(data.subarray(0, third), { binary, fin: false });
        socket.ping('between the parts');
        socket.send(data.subarray(third, 2 * third), { binary, fin: false });
        socket.send(data.subarray(2 * third), { binary });
    },
    'changed-byte': (socket, data, binary) => {
        const changed = Buffer.from(data);
        changed[changed.length - 1] ^= 1;
        socket.send(changed, { binary });
    },
    'changed-type': (socket, data, binary) => socket.send(data, { binary: !binary }),
    'too-short': (socket, data, binary) => socket.send(data.subarray(1), { binary }),
    'too-long': (socket, data, binary) => socket.send(Buffer.concat([data, data]), { binary }),
    'early-close': (socket) => socket.close(1001, 'no more'),
    'no-end': (socket) => socket.terminate(),
};

function serve(socket) {
    socket.on('message', (data, binary) => answers[mode](socket, data, binary));
    socket.on('error', verdict);
    socket.on('close', (code) => {
        const lost = code === 1006 && mode !== 'no-end';
        verdict(lost ? new Error('closed without a close frame') : null);
    });
}

async function drive(socket) {
    const talk = new Talk(socket);
    for (const name of names) {
        await topics[name](talk);
        console.log(`Node's ws as the server: ${name} came back right`);
    }
    socket.close(3001, 'done');
    await talk.closed(3001, 'done');
}

const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
}, () => console.log(`listening on 127.0.0.1:${server.address().port}`));
server.on('connection', (socket) => (mode === 'drive' ? drive(socket).then(() => verdict(), verdict) : serve(socket)));
process.on('SIGINT', async () => {
    for (let i = 0; i < 100 && server.clients.size > 0; i++) // the last client may be gone only just now
        await new Promise((resolve) => setTimeout(resolve, 50));
    process.exit(failed === 0 && finished > 0 ? 0 : 1);
});
