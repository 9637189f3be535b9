import http from 'node:http'
import https from 'node:https'
import { STSClient } from '@aws-sdk/client-sts'
import { partition } from '@aws-sdk/core/client'
import { Fault } from '../fault.ts'
import { settingsFault } from '../settings-fault.ts'

/** The common configuration of all AWS clients. */
export interface AwsConfig {
  /** The region of STS calls, and of the registry of Secrets that name no registry. */
  region: string
  requestHandler: { httpAgent: http.Agent; httpsAgent: https.Agent; connectionTimeout: number }
  /** Whether a custom ECR endpoint is set. It overrides FIPS and dual-stack, because the SDK refuses to combine them with it. */
  customEndpoint: boolean
}

/** The variables that the SDK reads for ECR. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const endpointVariables = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECR', 'AWS_ENDPOINT_URL_ECR_PUBLIC']

/** If a host does not accept a connection in this time, the SDK tries again. It is well below the 9 s that an admission has. */
const connectionTimeoutMs = 3_000

/**
 * Determines region, proxy and trusted CAs once, from the variables that the SDK, the AWS CLI and Go tools read.
 *
 * @param env a record of variables, such as process.env
 * @param caBundle the content of the file in AWS_CA_BUNDLE, in PEM
 * @throws Fault `settings` if no region is configured, or there is an audience without a role
 */
export async function awsConfig({ env, caBundle }: { env: NodeJS.ProcessEnv; caBundle: string | undefined }): Promise<AwsConfig> {
  if (env.AWS_AUDIENCE && !env.AWS_WEB_IDENTITY_TOKEN_FILE && !env.AWS_ROLE_ARN) {
    throw settingsFault(['AWS_ROLE_ARN: found nothing, wanted the role to assume with the identity token for AWS_AUDIENCE'])
  }
  const ca = caBundle === undefined ? {} : { ca: caBundle }
  return {
    region: await requiredRegion(env),
    requestHandler: {
      httpAgent: new http.Agent({ keepAlive: true, proxyEnv: env }),
      httpsAgent: new https.Agent({ keepAlive: true, proxyEnv: env, ...ca }),
      connectionTimeout: connectionTimeoutMs,
    },
    customEndpoint: endpointVariables.some(name => Boolean(env[name])),
  }
}

/** Whether the SDK lists this region. It does not list regions that are newer than the SDK. */
export function isListedRegion(region: string): boolean {
  const known = listed.get(region)
  if (known !== undefined) return known
  // The SDK also lists names such as `aws-global`, which are not regions but the global endpoints of a partition.
  const found = 'description' in partition(region) && !region.endsWith('-global')
  // Cached, because the SDK searches all its partitions each time. Bounded, because users can name any region.
  if (listed.size < maxRemembered) listed.set(region, found)
  return found
}

const listed = new Map<string, boolean>()
const maxRemembered = 1_000

async function requiredRegion(env: NodeJS.ProcessEnv): Promise<string> {
  const region = await configuredRegion(env)
  if (region !== undefined) return region
  throw new Fault('settings', {
    found: 'no AWS region in AWS_REGION, AWS_DEFAULT_REGION or the shared config file',
    wanted: 'the region of your registry, such as us-east-1',
    todo: 'Set AWS_REGION.',
  })
}

/** @returns the region of the variables or of the shared config file; undefined if there is none */
export async function configuredRegion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return env.AWS_REGION || env.AWS_DEFAULT_REGION || (await new STSClient({}).config.region().catch(() => undefined))
}
