package io.trivigil.raft.ratis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/// Writes the one kind of certificate that we make: X.509 v3, ECDSA with SHA-256, valid for ever
/// (who trusts it looks at its key alone). The JDK has no public way to make one.
///
/// ```
/// Certificate  SEQUENCE { tbs, algorithm, BIT STRING signature }
/// tbs          SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, key, [3] extensions? }
/// ```
final class Der {
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int OID = 0x06;
  private static final byte[] ECDSA_WITH_SHA256 = {
    0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
  };
  private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};

  private Der() {}

  /// What a certificate says.
  ///
  /// @param subject the common name, 64 characters at most
  /// @param issuer the issuer's common name
  /// @param extensions each a whole DER `Extension`, one behind the other; may be empty
  record Content(String subject, String issuer, PublicKey key, byte[] extensions) {}

  /// Makes a certificate that `issuerKey`, an EC key, signs.
  static X509Certificate certificate(Content content, PrivateKey issuerKey)
      throws GeneralSecurityException {
    byte[] algorithm = tlv(SEQUENCE, tlv(OID, ECDSA_WITH_SHA256));
    byte[] extensions =
        content.extensions().length == 0
            ? new byte[0]
            : tlv(0xa3, tlv(SEQUENCE, content.extensions()));
    byte[] tbs =
        tlv(
            SEQUENCE,
            tlv(0xa0, tlv(0x02, new byte[] {2})),
            tlv(0x02, serial(content.key())),
            algorithm,
            name(content.issuer()),
            tlv(SEQUENCE, time("20000101000000Z"), time("99991231235959Z")),
            name(content.subject()),
            content.key().getEncoded(),
            extensions);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(issuerKey);
    signer.update(tbs);
    byte[] signature = signer.sign();
    byte[] whole = tlv(SEQUENCE, tbs, algorithm, tlv(0x03, new byte[] {0}, signature));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  /// From the key, so that no chance is needed: equal keys have equal serials.
  private static byte[] serial(PublicKey key) throws GeneralSecurityException {
    byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return new BigInteger(1, java.util.Arrays.copyOf(hash, 16)).toByteArray();
  }

  private static byte[] name(String commonName) {
    byte[] text = tlv(0x0c, commonName.getBytes(StandardCharsets.UTF_8));
    return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, tlv(OID, COMMON_NAME), text)));
  }

  private static byte[] time(String generalized) {
    return tlv(0x18, generalized.getBytes(StandardCharsets.US_ASCII));
  }

  /// Tag, length, and what is in it.
  static byte[] tlv(int tag, byte[]... contents) {
    int length = 0;
    for (byte[] each : contents) {
      length += each.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] size = BigInteger.valueOf(length).toByteArray();
      int from = size[0] == 0 ? 1 : 0;
      out.write(0x80 | (size.length - from));
      out.write(size, from, size.length - from);
    }
    for (byte[] each : contents) {
      out.writeBytes(each);
    }
    return out.toByteArray();
  }
}
