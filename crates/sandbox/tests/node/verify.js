// Google's own verifier for ID tokens judges one: `node verify.js JWKS_URL TOKEN AUDIENCE` prints its payload.
import { createPublicKey } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';

const [url, token, audience] = process.argv.slice(2);
const { keys } = await (await fetch(url)).json();
const pem = (jwk) => createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
const certificates = Object.fromEntries(keys.map((jwk) => [jwk.kid, pem(jwk)]));
const issuers = ['https://accounts.google.com', 'accounts.google.com'];
try {
  const login = await new OAuth2Client().verifySignedJwtWithCertsAsync(token, certificates, audience, issuers);
  console.log(JSON.stringify(login.getPayload()));
} catch (error) {
  console.error(error.message.split('\n')[0]);
  process.exit(1);
}
