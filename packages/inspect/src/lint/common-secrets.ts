/** Secrets from samples, tutorials and default configurations: whoever attacks a token tries these first. */

const COMMON =
  "secret secretkey secret-key secret_key secret123 mysecret my-secret my_secret my-secret-key my_secret_key mysecretkey supersecret super-secret super_secret super-secret-key supersecretkey super_secret_key your-secret your_secret your-secret-key your_secret_key your-256-bit-secret your-384-bit-secret your-512-bit-secret a-string-secret-at-least-256-bits-long a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long topsecret top-secret verysecret very-secret verysecretkey shhhhh shhhhhhared-secret keyboard keyboardcat key mykey jwt jwtsecret jwt-secret jwt_secret jwt_secret_key jwt-key jwtkey token tokensecret access_token_secret refresh_token_secret access-token-secret password password1 password123 passw0rd p@ssw0rd admin admin123 administrator root toor test testing test123 testkey test-key testsecret test-secret example changeme change-me change_me changeit default dev development devsecret dev-secret development_key private privatekey private-key hmac hs256 hs256-secret qwerty qwertyuiop letmein welcome monkey dragon master login abc123 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 111111 000000 iloveyou sunshine foobar foo bar baz hello helloworld hello-world django-insecure laravel express node nodejs auth auth-secret nextauth nextauth_secret app appsecret app-secret api apikey api-key api_secret signingkey signing-key signing-secret session sessionsecret session-secret cookie cookiesecret"
const COMMON_SECRETS: ReadonlySet<string> = new Set([
  ...COMMON.split(" "),
  "keyboard cat",
  "gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr9C",
  "my 32 character ultra secure and ultra long secret",
  "this is my custom secret key for authentication",
])

/** Whether a secret is one that everybody knows. Case and surrounding white space do not count. */
export function isCommonSecret(secret: string): boolean {
  const bare = secret.trim()
  return COMMON_SECRETS.has(bare) || COMMON_SECRETS.has(bare.toLowerCase())
}
