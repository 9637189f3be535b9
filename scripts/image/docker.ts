import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { lastLines, type Outcome, run } from '../cluster/run.ts'

const root = resolve(import.meta.dirname, '../..')

export interface DockerBuild {
  name: string
  /** of the Dockerfile */
  args: Record<string, string>
  /** where the docker-archive is put */
  file: string
}

/** Builds deploy/Dockerfile. @returns why it could not (no docker, no daemon, no way to the base's registry), or undefined */
export async function buildWithDocker({ name, args, file }: DockerBuild): Promise<string | undefined> {
  const buildArgs = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
  await mkdir(dirname(file), { recursive: true })
  for (const words of [
    ['build', '--file=deploy/Dockerfile', `--tag=${name}`, ...buildArgs, '.'],
    ['save', `--output=${file}`, name],
  ]) {
    const { code, stderr } = await docker(words)
    if (code !== 0) return `docker ${words[0]}: ${lastLines(stderr, 2)}`
  }
  return undefined
}

async function docker(words: string[]): Promise<Outcome> {
  try {
    return await run('docker', words, { cwd: root })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { code: 127, stdout: '', stderr: 'not installed' }
    throw error
  }
}
