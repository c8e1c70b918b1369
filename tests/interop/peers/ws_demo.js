// ws_demo.js - Node's ws talks to our server and says what it sees:  node ws_demo.js URL
'use strict';

const WebSocket = require('ws');
const { Talk, bytes } = require('./ws_conversation.js');

function say(sent, seen) {
    console.log(`ws sends ${sent.padEnd(52)} ${seen}`);
}

async function main(url) {
    const socket = new WebSocket(url);
    const talk = new Talk(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

    const greeting = 'Hello from Node, здравствуй, 你好 😀';
    socket.send(greeting);
    await talk.expect('text', greeting);
    say(`text "${greeting}"`, `${Buffer.byteLength(greeting)} bytes come back`);

    socket.send(bytes(1048576));
    await talk.expect('binary', bytes(1048576));
    say('binary, 1 MiB', 'every byte comes back');

    for (const [i, part] of ['one ', 'message ', 'in three fragments'].entries())
        socket.send(part, { fin: i === 2 });
    await talk.expect('text', 'one message in three fragments');
    say('"one ", "message ", "in three fragments"', 'comes back as one message');

    socket.ping('are you there?');
    await talk.expect('pong', 'are you there?');
    say('ping "are you there?"', 'pong "are you there?"');

    socket.close(1000, 'thank you');
    await talk.closed(1000, 'thank you');
    say('close 1000 "thank you"', 'close 1000 "thank you"');
}

main(process.argv[2]).then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
});
