import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { openCluster } from '../../cluster/kube/open-cluster.ts'
import type { IssuerDocuments } from '../answers.ts'
import type { Survey } from '../choose.ts'
import type { IssuerAnswer } from '../http/ask-issuer.ts'
import { whyPrivate } from '../issuer-reach.ts'
import type { InitSettings } from '../settings.ts'
import { type IssuerConfiguration, issuerOf, keysOf, signsOf } from './look-at-cluster.ts'

const withoutCluster = 'With --issuer and --platform, no cluster is needed.'

/**
 * Reads what the files depend on. If the command line names the issuer, or no issuer is needed, a cluster that cannot be read is only
 * reported.
 *
 * @param askIssuer asks the public address of an issuer
 * @throws Fault `settings`, `transient` if the issuer is needed and the cluster cannot be read
 */
export async function surveyCluster(settings: InitSettings, askIssuer: (issuer: string) => Promise<IssuerAnswer>): Promise<Survey> {
  const isNeeded = settings.issuer === undefined && settings.identity !== 'keys'
  const unread: string[] = []
  const unless = async <T>(part: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await part()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      if (isNeeded) throw new Fault(error.kind, { ...error.text, todo: `${error.text.todo} ${withoutCluster}`, cause: error })
      unread.push(`A part of the cluster was not read: ${error.message}`)
      return undefined
    }
  }
  const cluster = await unless(() => openCluster({ file: settings.kubeconfig, context: settings.context }))
  try {
    const own = cluster && (await unless(() => issuerOf(cluster)))
    const signs = cluster && (await unless(() => signsOf(cluster, own?.issuer)))
    const issuer = settings.issuer ?? own?.issuer
    const isOther = own !== undefined && issuer !== undefined && own.issuer !== issuer
    const documents = isOther && cluster ? await unless(async () => documentsOf(issuer, own, await keysOf(cluster))) : undefined
    const answer =
      issuer === undefined || settings.identity === 'keys' || whyPrivate(issuer) !== undefined ? undefined : await askIssuer(issuer)
    return { context: cluster?.context, namespace: cluster?.namespace, signs, issuer, answer, documents, unread }
  } finally {
    cluster?.close()
  }
}

/** The documents of the cluster, with the address at which AWS will read them. */
function documentsOf(issuer: string, own: IssuerConfiguration, keys: IssuerDocuments['keys']): IssuerDocuments {
  return { configuration: { ...own, issuer, jwks_uri: `${issuer.replace(/\/$/, '')}/openid/v1/jwks` }, keys }
}
