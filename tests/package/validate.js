// Does a CycloneDX document keep to its schema?  validate.js FILE
'use strict'
const fs = require('fs')
const { Spec, Validation } = require('@cyclonedx/cyclonedx-library')

new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(fs.readFileSync(process.argv[2], 'utf8')).then((wrong) => {
  if (wrong !== null) console.log(JSON.stringify(wrong, null, 2))
  process.exit(wrong === null ? 0 : 1)
})
