package io.trivigil.raft.ratis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads certificates and keys.
final class Pem {
  private static final byte[] RSA_HEAD = {
    2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
  };

  private Pem() {}

  /// All certificates of a file, at least one.
  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> read = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
          .forEach(each -> read.add((X509Certificate) each));
    } catch (GeneralSecurityException e) {
      throw new IOException("%s: not a certificate: %s".formatted(file, e.getMessage()), e);
    }
    if (read.isEmpty()) {
      throw new IOException("%s: no certificate in it".formatted(file));
    }
    return List.copyOf(read);
  }

  static PrivateKey key(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    boolean rsa = text.contains("-----BEGIN RSA PRIVATE KEY-----");
    String begin = rsa ? "-----BEGIN RSA PRIVATE KEY-----" : "-----BEGIN PRIVATE KEY-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END", Math.max(0, from));
    if (from < 0 || to < 0) {
      throw new IOException(
          "%s: wanted a key in PKCS#8 or RSA form: convert with openssl pkcs8 -topk8 -nocrypt"
              .formatted(file));
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
      return key(rsa ? Der.tlv(0x30, RSA_HEAD, Der.tlv(0x04, bytes)) : bytes);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("%s: not a key: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    InvalidKeySpecException last = new InvalidKeySpecException("neither RSA, EC nor EdDSA");
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        last.addSuppressed(e); // a key of another algorithm
      }
    }
    throw last;
  }
}
