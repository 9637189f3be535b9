import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'

// Prints the output of `aws ecr get-login-password`. It is a separate program, because it runs in the network of a node.
const { authorizationData } = await new ECRClient({}).send(new GetAuthorizationTokenCommand({}))
const [, password] = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64')
  .toString()
  .split(':')
console.log(password)
