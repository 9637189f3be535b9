import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'

// Prints what `aws ecr get-login-password` would. A program of its own, because the endpoint is in a node's network, where this one is run.
const { authorizationData } = await new ECRClient({}).send(new GetAuthorizationTokenCommand({}))
const [, password] = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64')
  .toString()
  .split(':')
console.log(password)
