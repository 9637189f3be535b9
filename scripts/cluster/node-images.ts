import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeImage } from '../image/docker-archive.ts'
import { pauseImage } from './node-files.ts'
import { must } from './run.ts'

export const busyboxImage = 'localhost/busybox:1'

// The pause program keeps the namespaces of a pod open. It sleeps and exits on a signal.
const pauseSource = `#include <unistd.h>
#include <signal.h>
static void end(int signal) { _exit(0); }
int main() { signal(SIGINT, end); signal(SIGTERM, end); for (;;) pause(); }
`

/** Creates the first images of a node from programs of this machine, because nothing can be pulled. @returns their archives */
export async function makeNodeImages(dir: string): Promise<string[]> {
  return await Promise.all([pause(join(dir, 'pause')), busybox(join(dir, 'busybox'))])
}

async function pause(root: string): Promise<string> {
  await mkdir(root, { recursive: true })
  await writeFile(`${root}.c`, pauseSource)
  await must('gcc', ['-static', '-O2', '-o', join(root, 'pause'), `${root}.c`])
  await writeImage({ name: pauseImage, roots: [root], config: { Entrypoint: ['/pause'] }, file: `${root}.tar` })
  return `${root}.tar`
}

async function busybox(root: string): Promise<string> {
  await mkdir(join(root, 'bin'), { recursive: true })
  await copyFile('/bin/busybox', join(root, 'bin', 'busybox'))
  const names = (await must('/bin/busybox', ['--list'])).trim().split('\n')
  for (const name of names.filter(name => name !== 'busybox')) await symlink('busybox', join(root, 'bin', name))
  await writeImage({ name: busyboxImage, roots: [root], config: { Entrypoint: ['/bin/sh'], Env: ['PATH=/bin'] }, file: `${root}.tar` })
  return `${root}.tar`
}
