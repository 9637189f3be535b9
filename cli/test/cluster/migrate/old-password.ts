import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { type Testbed, user } from '@ecr-anywhere/scripts/testbed/testbed.ts'

/** An ECR password that an old tool got from AWS, and that the product must not print. */
export async function oldPassword({ emulator, secrets }: Pick<Testbed, 'emulator' | 'secrets'>): Promise<string> {
  const client = new ECRClient({ endpoint: emulator.url, region: 'us-east-1', credentials: user })
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
  const login = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
  const password = login.slice(login.indexOf(':') + 1)
  secrets.add(password)
  return password
}
