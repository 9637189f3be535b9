import { isCertificateProblem } from '../certificate-problem.ts'
import { Fault } from '../fault.ts'

/** Creates a fault for an error of Node on the way to the API server. */
export function unreachable({ host }: URL, error: NodeJS.ErrnoException): Fault {
  const code = error.code ?? error.name
  const found = `${code} from the API server at ${host}`
  if (isCertificateProblem(code)) {
    return new Fault('transient', {
      code,
      found,
      wanted: "a certificate of the kubeconfig's CA, with this host's name in it",
      todo: 'Is the kubeconfig that of another or an older cluster? `kubectl cluster-info` should fail, too: get the kubeconfig again.',
      cause: error,
    })
  }
  return new Fault('transient', {
    code,
    found,
    wanted: 'an answer',
    todo: 'Is it running, and can it be reached from here? Try `kubectl cluster-info`.',
    cause: error,
  })
}
