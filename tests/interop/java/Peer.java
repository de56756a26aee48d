import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEDecrypter;
import com.nimbusds.jose.JWEEncrypter;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWEObjectJSON;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.AESDecrypter;
import com.nimbusds.jose.crypto.AESEncrypter;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.MultiDecrypter;
import com.nimbusds.jose.crypto.MultiEncrypter;
import com.nimbusds.jose.crypto.PasswordBasedDecrypter;
import com.nimbusds.jose.crypto.PasswordBasedEncrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.crypto.X25519Decrypter;
import com.nimbusds.jose.crypto.X25519Encrypter;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The Java library nimbus-jose-jwt at the other end of a pipe: one JSON line in, one out. */
public final class Peer {
  private static final int SALT_BYTES = 16;
  private static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();

  private interface Operation {
    Object answer(Map<String, Object> asked) throws Exception;
  }

  private static final Map<String, Operation> OPERATIONS =
      Map.of(
          "about", asked -> version(),
          "encrypt", Peer::encrypt,
          "decrypt", Peer::decrypt,
          "sign", Peer::sign,
          "verify", Peer::verify,
          "key", Peer::key);

  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSONObjectUtils.toJSONString(answer(JSONObjectUtils.parse(line))));
    }
  }

  private static Map<String, Object> answer(Map<String, Object> asked) {
    try {
      return Map.of("value", OPERATIONS.get((String) asked.get("op")).answer(asked));
    } catch (Exception error) {
      return Map.of("error", error.getClass().getSimpleName(), "message", String.valueOf(error.getMessage()));
    }
  }

  /** The version stands in the name of the archive. */
  private static String version() throws Exception {
    Path archive = Path.of(JWEObject.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return archive.getFileName().toString().replaceAll("nimbus-jose-jwt-|\\.jar", "");
  }

  private static Object encrypt(Map<String, Object> asked) throws Exception {
    Payload payload = new Payload(new Base64URL((String) asked.get("plaintext")));
    Map<String, Object> fields = JSONObjectUtils.getJSONObject(asked, "protected");
    Number count = (Number) fields.remove("p2c");
    List<JWK> keys = keysOf(asked);
    if ("compact".equals(asked.get("format"))) {
      JWEObject message = new JWEObject(JWEHeader.parse(fields), payload);
      message.encrypt(encrypterOf((String) fields.get("alg"), keys.get(0), count));
      return message.serialize();
    }
    return "flattened".equals(asked.get("format"))
        ? encryptFlattened(asked, fields, payload, keys.get(0))
        : encryptGeneral(fields, payload, keys);
  }

  private static Object encryptFlattened(
      Map<String, Object> asked, Map<String, Object> fields, Payload payload, JWK key) throws Exception {
    String algorithm = key.getAlgorithm().getName();
    fields.put("alg", algorithm);
    byte[] aad = ((String) asked.get("aad")).getBytes(StandardCharsets.US_ASCII);
    JWEObjectJSON message = new JWEObjectJSON(JWEHeader.parse(fields), payload, null, aad);
    message.encrypt(encrypterOf(algorithm, key, null));
    return message.toFlattenedJSONObject();
  }

  private static Object encryptGeneral(Map<String, Object> fields, Payload payload, List<JWK> keys) throws Exception {
    JWEHeader header = new JWEHeader.Builder(EncryptionMethod.parse((String) fields.get("enc"))).build();
    JWEObjectJSON message = new JWEObjectJSON(header, payload, null, null);
    message.encrypt(new MultiEncrypter(new JWKSet(keys)));
    return message.toGeneralJSONObject();
  }

  private static List<JWK> keysOf(Map<String, Object> asked) throws Exception {
    List<JWK> keys = new ArrayList<>();
    for (Map<String, Object> recipient : JSONObjectUtils.getJSONObjectArray(asked, "recipients")) {
      keys.add(JWK.parse(JSONObjectUtils.getJSONObject(recipient, "key")));
    }
    return keys;
  }

  private static JWEEncrypter encrypterOf(String algorithm, JWK key, Number count) throws Exception {
    if (algorithm.startsWith("RSA")) return new RSAEncrypter(key.toRSAKey());
    if (algorithm.startsWith("PBES2")) {
      return new PasswordBasedEncrypter(key.toOctetSequenceKey().toByteArray(), SALT_BYTES, count.intValue());
    }
    if (algorithm.equals("dir")) return new DirectEncrypter(key.toOctetSequenceKey());
    if (!algorithm.startsWith("ECDH")) return new AESEncrypter(key.toOctetSequenceKey());
    return key.getKeyType().getValue().equals("EC")
        ? new ECDHEncrypter(key.toECKey())
        : new X25519Encrypter(key.toOctetKeyPair().toPublicJWK());
  }

  private static Object decrypt(Map<String, Object> asked) throws Exception {
    JWK key = JWK.parse(JSONObjectUtils.getJSONObject(asked, "key"));
    if (asked.get("token") instanceof String token) {
      JWEObject message = JWEObject.parse(token);
      message.decrypt(decrypterOf((String) asked.get("algorithm"), key));
      return message.getPayload().toBase64URL().toString();
    }
    JWEObjectJSON message = JWEObjectJSON.parse(JSONObjectUtils.getJSONObject(asked, "token"));
    message.decrypt(new MultiDecrypter(key));
    return message.getPayload().toBase64URL().toString();
  }

  private static JWEDecrypter decrypterOf(String algorithm, JWK key) throws Exception {
    if (algorithm.startsWith("RSA")) return new RSADecrypter(key.toRSAKey());
    if (algorithm.startsWith("PBES2")) return new PasswordBasedDecrypter(key.toOctetSequenceKey().toByteArray());
    if (algorithm.equals("dir")) return new DirectDecrypter(key.toOctetSequenceKey());
    if (!algorithm.startsWith("ECDH")) return new AESDecrypter(key.toOctetSequenceKey());
    return key.getKeyType().getValue().equals("EC")
        ? new ECDHDecrypter(key.toECKey())
        : new X25519Decrypter(key.toOctetKeyPair());
  }

  private static Object sign(Map<String, Object> asked) throws Exception {
    JWSHeader header = JWSHeader.parse(JSONObjectUtils.getJSONObject(asked, "protected"));
    JWSObject message = new JWSObject(header, new Payload(new Base64URL((String) asked.get("payload"))));
    JWK key = JWK.parse(JSONObjectUtils.getJSONObject(asked, "key"));
    message.sign(signerOf(key, header.getAlgorithm()));
    return message.serialize();
  }

  private static JWSSigner signerOf(JWK key, JWSAlgorithm algorithm) throws Exception {
    if (!isSecp256k1(key)) return new DefaultJWSSignerFactory().createJWSSigner(key, algorithm);
    ECDSASigner signer = new ECDSASigner(key.toECKey().toPrivateKey(), Curve.SECP256K1);
    signer.getJCAContext().setProvider(BOUNCY_CASTLE);
    return signer;
  }

  private static boolean isSecp256k1(JWK key) {
    return key instanceof ECKey && ((ECKey) key).getCurve().equals(Curve.SECP256K1);
  }

  private static Object verify(Map<String, Object> asked) throws Exception {
    JWSObject message = JWSObject.parse((String) asked.get("token"));
    JWK key = JWK.parse(JSONObjectUtils.getJSONObject(asked, "key"));
    String algorithm = message.getHeader().getAlgorithm().getName();
    if (!algorithm.equals(asked.get("algorithm")) || !message.verify(verifierOf(key))) {
      throw new SecurityException("the signature does not hold");
    }
    return message.getPayload().toBase64URL().toString();
  }

  private static JWSVerifier verifierOf(JWK key) throws Exception {
    return switch (key.getKeyType().getValue()) {
      case "oct" -> new MACVerifier(key.toOctetSequenceKey());
      case "RSA" -> new RSASSAVerifier(key.toRSAKey());
      case "EC" -> ellipticVerifierOf(key);
      default -> new Ed25519Verifier(key.toOctetKeyPair().toPublicJWK());
    };
  }

  private static JWSVerifier ellipticVerifierOf(JWK key) throws Exception {
    ECDSAVerifier verifier = new ECDSAVerifier(key.toECKey());
    // The platform has left secp256k1 out since Java 16.
    if (isSecp256k1(key)) verifier.getJCAContext().setProvider(BOUNCY_CASTLE);
    return verifier;
  }

  private static Object key(Map<String, Object> asked) throws Exception {
    JWK key = JWK.parse(JSONObjectUtils.getJSONObject(asked, "jwk"));
    return Map.of("jwk", key.toJSONObject(), "thumbprint", key.computeThumbprint().toString());
  }
}
