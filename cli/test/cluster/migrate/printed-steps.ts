import { dirname, join } from 'node:path'
import { ensureBinaries } from '@ecr-anywhere/scripts/cluster/build.ts'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'

/** A command as the text output of `migrate` has it. */
export interface PrintedStep {
  phase: string
  command: string
}

/** The commands in the text, in their order. */
export function printedSteps(text: string): PrintedStep[] {
  return [...text.matchAll(/^# (\w+): .+\n(.+)$/gm)].map(([, phase = '', command = '']) => ({ phase, command }))
}

/** Runs commands as a user does, in a shell. @throws with what was printed if one of them fails */
export async function runPrinted(steps: readonly PrintedStep[], { kubeconfig }: { kubeconfig: string }): Promise<string> {
  const bin = await ensureBinaries('controlplane')
  const env = { PATH: `${bin}:${process.env.PATH}`, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), 'kubectl-cache') }
  const printed: string[] = []
  for (const { command } of steps) {
    const { code, stdout, stderr } = await run('sh', ['-c', command], { env })
    if (code !== 0) throw new Error(`exit code ${code} of ${command}\n${stdout}\n${stderr}`)
    printed.push(stdout, stderr)
  }
  return printed.join('')
}
