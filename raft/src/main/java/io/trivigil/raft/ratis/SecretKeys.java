package io.trivigil.raft.ratis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// Proof of a shared secret by certificates: a process makes a key pair that lives as long as it,
/// and a certificate whose common name is the HMAC-SHA256 of the public key under the secret. TLS
/// proves that its owner has the private key, and the name that he knew the secret. The secret
/// itself is stretched (PBKDF2) and bound to the cluster's name, and never leaves the process.
final class SecretKeys {
  static final int LEAST_CHARACTERS = 16;
  private static final int ROUNDS = 100_000;

  private SecretKeys() {}

  /// The keys that the secrets of a file give, in its order.
  ///
  /// @throws IOException if there is none in it, or one is too short; never says what it is
  static List<SecretKeySpec> read(Path file, String clusterName) throws IOException {
    List<SecretKeySpec> keys = new ArrayList<>();
    for (String line : Files.readString(file, StandardCharsets.UTF_8).lines().toList()) {
      String secret = line.strip();
      if (secret.isEmpty()) {
        continue;
      }
      if (secret.length() < LEAST_CHARACTERS) {
        throw new IOException(
            "%s: a secret has %d characters, wanted %d at least: make one with openssl rand -hex 32"
                .formatted(file, secret.length(), LEAST_CHARACTERS));
      }
      keys.add(stretched(secret, clusterName));
    }
    if (keys.isEmpty()) {
      throw new IOException("%s: no secret in it".formatted(file));
    }
    return List.copyOf(keys);
  }

  private static SecretKeySpec stretched(String secret, String clusterName) throws IOException {
    try {
      byte[] salt = ("trivigil cluster " + clusterName).getBytes(StandardCharsets.UTF_8);
      byte[] key =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(secret.toCharArray(), salt, ROUNDS, 256))
              .getEncoded();
      return new SecretKeySpec(key, "HmacSHA256");
    } catch (GeneralSecurityException e) {
      throw new IOException("no key could be made of a secret", e);
    }
  }

  /// A fresh key pair with its certificate.
  static KeyChain identity(SecretKeySpec secret) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      String name = HexFormat.of().formatHex(mac(secret, pair.getPublic()));
      X509Certificate certificate =
          Der.certificate(
              new Der.Content(name, name, pair.getPublic(), new byte[0]), pair.getPrivate());
      return new KeyChain(List.of(certificate), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IOException("no certificate could be made", e);
    }
  }

  /// Whether the certificate was made by somebody who knows one of the secrets.
  static boolean proves(X509Certificate certificate, List<SecretKeySpec> secrets)
      throws GeneralSecurityException {
    String name = certificate.getSubjectX500Principal().getName();
    byte[] shown = name.toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    boolean proven = false;
    for (SecretKeySpec secret : secrets) {
      byte[] wanted =
          ("cn=" + HexFormat.of().formatHex(mac(secret, certificate.getPublicKey())))
              .getBytes(StandardCharsets.UTF_8);
      proven |= MessageDigest.isEqual(shown, wanted);
    }
    return proven;
  }

  private static byte[] mac(SecretKeySpec secret, PublicKey key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(secret);
    return mac.doFinal(key.getEncoded());
  }
}
