import http from 'node:http'
import https from 'node:https'
import { STSClient } from '@aws-sdk/client-sts'
import { partition } from '@aws-sdk/core/client'
import { Fault } from '../fault.ts'
import { settingsFault } from '../settings-fault.ts'

/** What every AWS client of ours is made with. */
export interface AwsConfig {
  /** Where STS is called, and whose registry a Secret gets that names none. */
  region: string
  requestHandler: { httpAgent: http.Agent; httpsAgent: https.Agent; connectionTimeout: number }
  /** An endpoint of ECR is set: it wins over FIPS and dual-stack, which the SDK refuses to combine with it. */
  customEndpoint: boolean
}

/** Those that the SDK reads for ECR. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const endpointVariables = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECR', 'AWS_ENDPOINT_URL_ECR_PUBLIC']

/** A host that does not even take the connection in this time is tried again: well below the 9 s that an admission has. */
const connectionTimeoutMs = 3_000

/**
 * Settles region, proxy and trusted CAs once, from the variables that the SDK, the AWS CLI and Go tools know.
 *
 * @param env a record of variables, such as process.env
 * @param caBundle content of AWS_CA_BUNDLE, PEM
 * @throws Fault `settings` if there is no region anywhere, or an audience without a role
 */
export async function awsConfig({ env, caBundle }: { env: NodeJS.ProcessEnv; caBundle: string | undefined }): Promise<AwsConfig> {
  if (env.AWS_AUDIENCE && !env.AWS_WEB_IDENTITY_TOKEN_FILE && !env.AWS_ROLE_ARN) {
    throw settingsFault(['AWS_ROLE_ARN: found nothing, wanted the role to assume with the identity token that AWS_AUDIENCE asks for'])
  }
  const ca = caBundle === undefined ? {} : { ca: caBundle }
  return {
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || (await sharedConfigRegion()),
    requestHandler: {
      httpAgent: new http.Agent({ keepAlive: true, proxyEnv: env }),
      httpsAgent: new https.Agent({ keepAlive: true, proxyEnv: env, ...ca }),
      connectionTimeout: connectionTimeoutMs,
    },
    customEndpoint: endpointVariables.some(name => Boolean(env[name])),
  }
}

/** Does AWS list this region? (Regions newer than the SDK are unknown here.) */
export function isListedRegion(region: string): boolean {
  const known = listed.get(region)
  if (known !== undefined) return known
  // The SDK lists `aws-global` and its like too, which are no places: they stand for a partition's global endpoints.
  const found = 'description' in partition(region) && !region.endsWith('-global')
  // Remembered, for the SDK searches all its partitions each time; bounded, for anybody may name regions.
  if (listed.size < maxRemembered) listed.set(region, found)
  return found
}

const listed = new Map<string, boolean>()
const maxRemembered = 1_000

async function sharedConfigRegion(): Promise<string> {
  try {
    return await new STSClient({}).config.region()
  } catch (cause) {
    throw new Fault('settings', {
      found: 'no AWS region in AWS_REGION, AWS_DEFAULT_REGION or the shared config file',
      wanted: 'the region of your registry, such as us-east-1',
      todo: 'Set AWS_REGION.',
      cause,
    })
  }
}
