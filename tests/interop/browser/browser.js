// browser.js - starts Debian's Chromium, without windows and without anything of its own to say to the network.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { chromium } = require('playwright-core');

const PROGRAM = '/usr/bin/chromium';
const OPTIONS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE = 120000; // milliseconds for anything at all; a machine may be busy

// Calls use(context, version) with a new browser that knows nothing, and ends it. context is a BrowserContext of
// Playwright; more are the context's options: a size, a colour scheme.
async function withBrowser(use, more = {}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-'));
    try {
        const context = await chromium.launchPersistentContext(folder, {
            executablePath: PROGRAM, headless: true, args: OPTIONS, timeout: PATIENCE, ...more,
        });
        try {
            context.setDefaultTimeout(PATIENCE);
            await use(context);
        } finally {
            await context.close();
        }
    } finally {
        fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    }
}

module.exports = { withBrowser };
