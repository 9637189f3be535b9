/** A pod that sleeps or runs a command. */
export function pod(
  { namespace, name }: { namespace: string; name: string },
  { image, command = ['sleep', '600'], secret }: { image: string; command?: string[]; secret?: string },
): object {
  const containers = [{ name: 'main', image, command }]
  const imagePullSecrets = secret === undefined ? [] : [{ name: secret }]
  const spec = { containers, imagePullSecrets, restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec }
}
