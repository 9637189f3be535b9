import { bundle } from './bundle.ts'

const startedMs = performance.now()
const { dir, files } = await bundle()
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
console.log(`${dir}: ${megabytes('.js')} MB of programs, ${megabytes('.map')} MB of source maps, in ${seconds} s`)

function megabytes(ending: string): string {
  const bytes = files.filter(({ path }) => path.endsWith(ending)).reduce((sum, { bytes }) => sum + bytes, 0)
  return (bytes / 1e6).toFixed(1)
}
