import processOnSpawn from 'process-on-spawn'

/**
 * tap makes each process that a test starts load tap's own hooks (NODE_OPTIONS), to know which files it covers. The programs of tests are started
 * as users start them instead: without the hooks a webhook starts in half of the time. Loaded before each test file.
 */
processOnSpawn.addListener(options => {
  const { NODE_OPTIONS, ...env } = options.env
  const own = (NODE_OPTIONS ?? '').split(' ').filter(option => option !== '' && !option.includes('@tapjs') && option !== '"--no-warnings"')
  const plain = Object.entries(env).filter(([name]) => !name.startsWith('_TAPJS_'))
  options.env = Object.fromEntries(own.length === 0 ? plain : [...plain, ['NODE_OPTIONS', own.join(' ')]])
})
