// The `openid-client` package, unchanged, walking one road. Told on the command line: the
// issuer, the client and its proof. What only a person at a browser can do is asked for: one
// line of JSON goes out, and one comes back.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const given = JSON.parse(process.argv[2]);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (what) => console.log(JSON.stringify(what));
const ask = async (what) => { tell(what); return (await lines.next()).value; };

async function prove() {
  if (given.secret) return client.ClientSecretPost(given.secret);
  if (!given.key) return client.None();
  const { kid, ...jwk } = given.key;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return client.PrivateKeyJwt({
    key: await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]), kid,
  });
}

const config = await client.discovery(
  new URL(given.issuer), given.client, { id_token_signed_response_alg: "ES256" }, await prove(),
  { execute: [client.allowInsecureRequests] },
);

async function bind() {
  if (!given.dpop) return {};
  return { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")) };
}

async function signIn(bound) {
  const verifier = client.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier: verifier, expectedState: client.randomState(),
    expectedNonce: client.randomNonce(), idTokenExpected: true,
  };
  const parameters = {
    redirect_uri: given.callback, scope: given.scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256", state: checks.expectedState, nonce: checks.expectedNonce,
  };
  const build = given.push ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl;
  const address = await build(config, parameters, bound);
  const location = new URL(await ask({ approve: address.href }));
  return client.authorizationCodeGrant(config, location, checks, undefined, bound);
}

const roads = {
  async code() {
    const bound = await bind();
    const first = await signIn(bound);
    const claims = first.claims();
    const person = await client.fetchUserInfo(config, first.access_token, claims.sub, bound);
    const second = await client.refreshTokenGrant(config, first.refresh_token, undefined, bound);
    const told = { claims, person, type: first.token_type, rotated: second.refresh_token !== first.refresh_token };
    if (given.secret || given.key) {
      told.before = (await client.tokenIntrospection(config, second.access_token)).active;
      await client.tokenRevocation(config, second.refresh_token);
      told.after = (await client.tokenIntrospection(config, second.access_token)).active;
    }
    tell(told);
  },
  async itself() {
    const got = await client.clientCredentialsGrant(
      config, { scope: given.scope, resource: given.resource }, await bind());
    tell({ type: got.token_type, scope: got.scope });
  },
  async device() {
    const begun = await client.initiateDeviceAuthorization(config, { scope: given.scope });
    await ask({ page: begun.verification_uri, code: begun.user_code });
    const got = await client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0 });
    tell({ type: got.token_type, subject: got.claims().sub });
  },
  async leave() {
    const { id_token } = await signIn({});
    tell({ leave: client.buildEndSessionUrl(config, {
      id_token_hint: id_token, post_logout_redirect_uri: given.bye, state: "s-1" }).href });
  },
};

try {
  await roads[given.road]();
} catch (problem) {
  tell({ failed: problem.code ?? problem.name, error: problem.error, message: problem.message });
}
process.exit(0);
