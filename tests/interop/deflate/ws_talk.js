// ws_talk.js - a talk (see topics.js) over a socket of Node's ws.
'use strict';

const assert = require('assert');

const PATIENCE = 120000; // milliseconds

function within(promise, what) {
    let timer;
    const silence = new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`the other end is silent: ${what}`)), PATIENCE);
    });
    return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

class WsTalk {
    constructor(socket) {
        this.socket = socket;
        this.messages = [];
        this.pongs = [];
        this.waiting = [];
        this.said = 0;  // bytes of messages before compression
        this.count = 0; // messages
        this.closed = new Promise((resolve) => {
            socket.on('close', (code, reason) => {
                this.waiting.forEach(({ reject }) => reject(new Error(`closed with ${code}`)));
                resolve({ code, reason: reason.toString() });
            });
        });
        socket.on('error', () => {}); // close follows
        socket.on('message', (data, binary) => {
            const next = this.waiting.shift();
            const message = binary ? new Uint8Array(data) : data.toString();
            next ? next.resolve(message) : this.messages.push(message);
        });
        socket.on('pong', (data) => this.pongs.shift()(data));
    }

    send(data) {
        this.said += Buffer.byteLength(data);
        this.count++;
        this.socket.send(data);
    }

    frame(bytes, text, last) {
        this.said += bytes.length;
        this.count += last ? 1 : 0;
        this.socket.send(bytes, { binary: !text, fin: last });
    }

    receive() {
        if (this.messages.length > 0)
            return Promise.resolve(this.messages.shift());
        return within(new Promise((resolve, reject) => this.waiting.push({ resolve, reject })), 'message');
    }

    async ping(data) {
        const pong = new Promise((resolve) => this.pongs.push(resolve));
        this.socket.ping(data);
        assert.deepStrictEqual(new Uint8Array(await within(pong, 'pong')), new Uint8Array(data));
    }

    end(code, reason) {
        this.socket.close(code, reason);
        return within(this.closed, 'close');
    }
}

module.exports = { WsTalk, within };
