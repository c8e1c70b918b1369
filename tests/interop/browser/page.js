// page.js - a person's way through the page that echo_server gives to browsers.
//
//     node page.js URL [PICTURE]    URL: of a server with --subprotocol chat; PICTURE: a file for a picture of the page
//
// Everything is judged by what the page shows. tests/pictures/echo_page.png is such a picture, made smaller by optipng.
'use strict';

const assert = require('assert');
const { withBrowser } = require('./browser.js');

const WIDE = { width: 1120, height: 900 };
const NARROW = { width: 360, height: 740 };

// What Chromium itself says of what the page tries on purpose. Anything else on its console that is an error is one.
const SAID_BY_BROWSER = [
    /WebSocket is closed before the connection is established/,
    /WebSocket is already in CLOSING or CLOSED state/,
    /Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received/,
];

// As part of a pattern; "#1" is not the beginning of "#10".
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^#\d+$/, '$&(?!\\d)');

// Waits for a line in the page's log that has these words, and returns it.
async function line(page, kind, ...words) {
    const pattern = new RegExp(words.map((word) => (word instanceof RegExp ? word.source : escaped(word))).join('.*'), 's');
    const found = page.locator(`#log li.${kind}`).filter({ hasText: pattern });
    await found.last().waitFor({ state: 'attached' });
    return found.last().innerText();
}

// Waits until the page says this of a connection.
async function state(page, number, ...words) {
    const label = new RegExp(`^${escaped(`#${number}`)}`);
    for (const word of words)
        await page.locator('#connections label').filter({ hasText: label }).filter({ hasText: word }).waitFor({ state: 'attached' });
}

async function send(page, text) {
    await page.getByLabel('Message').fill(text);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
}

async function close(page, code, reason) {
    await page.getByLabel('Code').fill(code);
    await page.getByLabel('Reason').fill(reason);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
}

async function drop(page, name, size) {
    const files = await page.evaluateHandle(([fileName, fileSize]) => {
        const content = new Uint8Array(fileSize).map((_, i) => i * 7 + (i >> 8));
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], fileName));
        return transfer;
    }, [name, size]);
    await page.dispatchEvent('#drop', 'dragover', { dataTransfer: files });
    assert(await page.evaluate('document.getElementById("drop").className') === 'over');
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: files });
}

const steps = {
    async 'the page opens and connects'(page) {
        assert.strictEqual(await page.title(), 'WebSocket echo');
        await state(page, 1, 'open');
        await line(page, 'opened', '#1', 'subprotocol: none');
    },

    async 'messages are sent and their echoes shown'(page) {
        const time = /[\d.]+ ms/;
        await page.getByLabel('Message').fill('Grüße aus dem Browser 😀');
        await page.keyboard.press('Enter');
        await line(page, 'sent', '#1', 'Grüße aus dem Browser 😀', 'text, 28 bytes');
        await line(page, 'echo', '#1', 'Grüße aus dem Browser 😀', 'text, 28 bytes, the same, ', time);
        assert.strictEqual(await page.getByLabel('Message').inputValue(), '');

        await page.getByLabel('Message').fill('two');
        await page.keyboard.press('Shift+Enter');
        await page.keyboard.type('lines');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Space'); // on the button
        await line(page, 'echo', '#1', 'two\nlines', 'text, 9 bytes, the same, ', time);

        await page.getByRole('radio', { name: 'as binary' }).check();
        await send(page, 'Aé');
        await line(page, 'echo', '#1', '41 c3 a9', 'binary, 3 bytes, the same, ', time);
        await send(page, '');
        await line(page, 'echo', '#1', '(empty)', 'binary, 0 bytes, the same');
        await page.getByRole('radio', { name: 'as text' }).check();
        await send(page, '');
        await line(page, 'echo', '#1', '(empty)', 'text, 0 bytes, the same');
        await state(page, 1, 'sent 5 (40 bytes)', 'came back 5, all the same', /round trip [\d.]+ ms, least [\d.]+ ms, mean/);
    },

    async 'a file of 1 MiB is dropped'(page) {
        await drop(page, 'dropped.bin', 1 << 20);
        await line(page, 'sent', '#1', 'dropped.bin', 'binary, 1 MiB');
        await line(page, 'echo', '#1', 'dropped.bin', 'binary, 1 MiB, the same, ', /[\d.]+ ms/);
        await state(page, 1, 'sent 6 (1 MiB)', 'came back 6, all the same');
        assert.strictEqual(await page.evaluate('document.getElementById("drop").className'), '');
    },

    async 'files are chosen'(page) {
        const file = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
        await page.getByLabel('Drop files here, or choose some:').setInputFiles([file('one.txt', 'één'), file('two.txt', '2')]);
        await line(page, 'echo', '#1', 'one.txt', 'binary, 5 bytes, the same');
        await line(page, 'echo', '#1', 'two.txt', 'binary, 1 byte, the same');
        await page.getByLabel('send files as text').check();
        await page.getByLabel('Drop files here, or choose some:').setInputFiles([file('one.txt', 'één')]);
        await line(page, 'echo', '#1', 'one.txt', 'text, 5 bytes, the same');
    },

    async 'there are several connections'(page) {
        await page.getByLabel('Subprotocols to offer').fill('other, chat');
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
        await line(page, 'opened', '#2', 'subprotocol: chat');
        await state(page, 2, 'open', 'chat · sent 0');
        await send(page, 'on the second');
        await line(page, 'echo', '#2', 'on the second', 'text, 13 bytes, the same');
        await page.getByRole('radio', { name: '#1' }).check();
        await page.getByRole('heading', { name: 'Send on #1' }).waitFor();
        await send(page, 'on the first again');
        await line(page, 'echo', '#1', 'on the first again', 'text, 18 bytes, the same');
    },

    async 'a connection is closed with a code and a reason'(page) {
        await page.getByRole('radio', { name: '#2' }).check();
        await close(page, '999', '');
        await line(page, 'refused', '#2', 'closing with 999', 'InvalidAccessError');
        await close(page, '4001', 'ö'.repeat(62));
        await page.getByText('124 of 123 bytes').waitFor();
        await line(page, 'refused', '#2', 'closing with 4001', 'SyntaxError');
        await state(page, 2, 'open');
        await close(page, '4001', 'Auf Wiederhören');
        await line(page, 'closed', '#2', '4001 “Auf Wiederhören”', 'clean');
        await state(page, 2, 'closed 4001 “Auf Wiederhören”');
        await page.getByText('16 of 123 bytes').waitFor();
        await send(page, 'too late');
        await line(page, 'refused', '#2', 'too late', 'the connection is closed');
        await state(page, 1, 'open');
    },

    async 'an address that is none is refused'(page) {
        const address = await page.getByLabel('Address').inputValue();
        await page.getByLabel('Address').fill('nonsense:');
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
        await line(page, 'refused', 'connecting to nonsense:', 'SyntaxError');
        await page.getByLabel('Address').fill(address);
        await page.getByLabel('Subprotocols to offer').fill('');
    },

    async 'what is unusual or wrong comes out as the page says'(page) {
        await page.getByRole('button', { name: 'Try all' }).click();
        const tries = page.locator('#tries li');
        assert.strictEqual(await tries.count(), 19);
        for (const one of await tries.all()) {
            await one.locator('output').filter({ hasText: /^[✓✗]/ }).waitFor({ state: 'attached' });
            const [name, , result] = (await one.innerText()).split('\n').filter((text) => text !== '');
            console.log(`  ${name}: ${result}`);
            assert(result.startsWith('✓'), name);
        }
    },

    async 'what is over is forgotten'(page) {
        await page.getByText('What no browser lets a page do').click();
        await page.getByText('frames without a mask').waitFor();
        assert(await page.locator('#connections li').count() > 20);
        // The last connection is told of its end after the page has shown what came of it.
        await page.locator('#connections .state').filter({ hasText: /^clos(ed|ing)/ }).first().waitFor({ state: 'attached' });
        await page.waitForFunction(() => [...document.querySelectorAll('.state')].every((e) => e.textContent !== 'closing'));
        await page.getByRole('button', { name: 'Forget' }).click();
        assert.strictEqual(await page.locator('#connections li').count(), 1);
        await state(page, 1, 'open');
        await page.getByRole('button', { name: 'Clear' }).click();
        assert.strictEqual(await page.locator('#log li').count(), 0);
        await send(page, 'still here');
        await line(page, 'echo', '#1', 'still here', 'the same');
    },

    async 'it fits a telephone, light and dark'(page) {
        const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
        await page.setViewportSize(NARROW);
        await page.waitForFunction((width) => document.documentElement.scrollWidth === width, NARROW.width);
        const light = await background();
        await page.emulateMedia({ colorScheme: 'dark' });
        assert.notStrictEqual(await background(), light);
    },

    async 'everything has a name'(page) {
        const nameless = await page.$$eval('input, textarea, button', (controls) => controls.filter((control) =>
            (control.labels.length > 0 ? [...control.labels] : [control]).every((e) => e.textContent.trim() === '')).length);
        assert.strictEqual(nameless, 0);
    },
};

// A server of Playwright's own, which gives wrong answers: a page that calls everything right must not pass.
async function wrongAnswersAreSeen(page, address) {
    await page.routeWebSocket(/./, (peer) => peer.onMessage((message) => {
        if (message === 'close')
            peer.close({ code: 4002, reason: 'enough' });
        else
            peer.send(message === 'type' ? Buffer.from(message) : `${message}!`);
    }));
    await page.goto(address);
    await state(page, 1, 'open');
    await send(page, 'text');
    await line(page, 'wrong', '#1', 'text!', 'text, 5 bytes, not what was sent');
    await send(page, 'type');
    await line(page, 'wrong', '#1', '74 79 70 65', 'binary, 4 bytes, not what was sent');
    await state(page, 1, 'came back 2, 2 different');
    await send(page, 'close');
    await line(page, 'closed', '#1', '4002 “enough”', '1 not come back');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await state(page, 2, 'open');
    const one = page.locator('#tries li').filter({ hasText: 'All sorts' });
    await one.getByRole('button').click();
    await one.locator('output.different').filter({ hasText: '✗ 1 sent: something else, and not: 1 sent: all the same' }).waitFor();
}

// A short conversation, for people to look at.
async function takePicture(page, address, file) {
    await page.setViewportSize(WIDE);
    await page.goto(address);
    await state(page, 1, 'open');
    for (const text of ['Hello from Chromium', 'Grüße, здравствуй']) {
        await send(page, text);
        await line(page, 'echo', text);
    }
    await drop(page, 'photo.jpg', 1 << 20);
    await line(page, 'echo', 'photo.jpg');
    await page.getByLabel('Subprotocols to offer').fill('chat');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await line(page, 'opened', '#2');
    await send(page, 'One more connection');
    await line(page, 'echo', 'One more connection');
    await close(page, '1005', '');
    await line(page, 'refused', 'closing with 1005');
    await close(page, '4000', 'see you');
    await line(page, 'closed', '#2', '4000');
    await page.getByRole('radio', { name: '#1' }).check();
    const { y, height } = await page.locator('.results').boundingBox();
    await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width: WIDE.width, height: y + height + y / 6 } });
    console.log(`there is a picture in ${file}`);
}

async function main(url, picture) {
    const address = url.replace('ws:', 'http:') + '/';
    await withBrowser(async (context) => {
        const errors = [];
        const page = await context.newPage();
        page.on('pageerror', (error) => errors.push(String(error)));
        page.on('console', (message) => {
            if (message.type() === 'error' && !SAID_BY_BROWSER.some((pattern) => pattern.test(message.text())))
                errors.push(message.text());
        });
        if (picture) {
            await takePicture(page, address, picture);
        } else {
            await page.goto(address);
            for (const [name, step] of Object.entries(steps)) {
                console.log(name);
                await step(page);
            }
            console.log('wrong answers are seen');
            await wrongAnswersAreSeen(await context.newPage(), address);
        }
        assert.deepStrictEqual(errors, []);
    }, { viewport: WIDE, colorScheme: 'light' });
    console.log('all of it came out right');
}

main(...process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exit(1);
});
