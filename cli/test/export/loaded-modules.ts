import { writeSync } from 'node:fs'
import { registerHooks } from 'node:module'

/** Loaded before a program of the tests, by NODE_OPTIONS: names each module that the program loads, on stderr. */
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) writeSync(2, `${url}\n`)
    return next(url, context)
  },
})
