// Say what GitHub would not take of issue forms:  forms.js FORM...      Ends with 1 if anything is wrong.
//
// The rules are those of GitHub's documentation, "Syntax for issue forms" and "Syntax for GitHub's form schema".
'use strict'
const fs = require('fs')
const yaml = require('js-yaml')

// What a form, and an element's attributes by its type, must have and may have.
const FORM = [['name', 'description', 'body'], ['title', 'labels', 'assignees', 'projects', 'type']]
const TYPES = {
  markdown: [['value'], []],
  textarea: [['label'], ['description', 'placeholder', 'value', 'render']],
  input: [['label'], ['description', 'placeholder', 'value']],
  dropdown: [['label', 'options'], ['description', 'multiple', 'default']],
  checkboxes: [['label', 'options'], ['description']],
}

function keys(where, object, [must, may]) {
  const has = Object.keys(object || {})
  return [
    ...must.filter((key) => !object || !object[key]).map((key) => `${where}: no ${key}`),
    ...has.filter((key) => !must.includes(key) && !may.includes(key)).map((key) => `${where}: unknown key ${key}`),
  ]
}

function twins(where, names) {
  return names.filter((name, i) => name !== undefined && names.indexOf(name) !== i).map((name) => `${where}: ${name} twice`)
}

function element(entry, i) {
  const where = `body[${i}]`
  const { type, id, attributes, validations } = entry
  if (!TYPES[type])
    return [`${where}: no type ${type}`]
  const options = (attributes && attributes.options) || []
  return [
    ...keys(where, entry, [['type', 'attributes'], type === 'markdown' ? [] : ['id', 'validations']]),
    ...keys(where, attributes, TYPES[type]),
    ...keys(where, validations, [[], ['required']]),
    ...(id === undefined || /^[\w-]+$/.test(id) ? [] : [`${where}: id ${id}`]),
    ...(type === 'checkboxes' ? options.flatMap((option) => keys(where, option, [['label'], ['required']]))
      : options.filter((option) => typeof option !== 'string').map((option) => `${where}: option ${option} is no text`)),
    ...twins(where, options.map((option) => option.label || option)),
  ]
}

function form(text) {
  const document = yaml.load(text)
  const body = document.body || []
  return [
    ...keys('form', document, FORM),
    ...body.flatMap(element),
    ...twins('body', body.map(({ id }) => id)),
    ...twins('body', body.map(({ attributes }) => attributes && attributes.label)),
    ...(body.some(({ type }) => type !== 'markdown') ? [] : ['body: nothing to fill in']),
  ]
}

const wrong = process.argv.slice(2).flatMap((file) => form(fs.readFileSync(file, 'utf8')).map((message) => `${file}: ${message}`))
wrong.forEach((message) => console.log(message))
process.exit(wrong.length === 0 ? 0 : 1)
