import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasPip } from '../cluster/prerequisites.ts'
import { must } from '../cluster/run.ts'

const cache = resolve(import.meta.dirname, '../../.cache/python')

export interface PythonTool {
  name: string
  version: string
  /** What pip installs, such as `moto==5.2.5`. */
  packages: string[]
}

/** Tools of PyPI, which are only for tests. */
export const pythonTools = {
  /** an emulator of AWS by others; fetched in 10 s */
  moto: { name: 'moto', version: '5.2.5', packages: ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'] },
  /** a parser of HCL; fetched in 5 s */
  hcl2: { name: 'python-hcl2', version: '8.1.4', packages: ['python-hcl2==8.1.4'] },
  /** checks infrastructure code; fetched in 30 s */
  checkov: { name: 'checkov', version: '3.3.30', packages: ['checkov==3.3.30'] },
} satisfies Record<string, PythonTool>

/**
 * Has pip fetch a tool if it is not in the cache, under a folder that names its version and Python's.
 *
 * @returns the folder, for PYTHONPATH; undefined if there is no Python with pip
 */
export async function ensurePythonTool({ name, version, packages }: PythonTool): Promise<string | undefined> {
  if (!(await hasPip())) return undefined
  // Compiled extensions are made for one version of Python.
  const python = (await must('python3', ['-c', 'import platform; print(platform.python_version())'])).trim()
  const dir = join(cache, `${name}-${version}-python-${python}-${process.platform}-${process.arch}`)
  if (await isFolder(dir)) return dir
  const startedMs = performance.now()
  console.error(`${name} ${version}: pip fetches it`)
  await mkdir(cache, { recursive: true })
  const half = await mkdtemp(join(cache, 'half-'))
  const options = ['--quiet', '--no-compile', '--disable-pip-version-check', '--root-user-action=ignore']
  await must('python3', ['-m', 'pip', 'install', ...options, '--target', half, ...packages])
  await rm(dir, { recursive: true, force: true })
  await rename(half, dir)
  console.error(`${name} ${version}: fetched in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
  return dir
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}
