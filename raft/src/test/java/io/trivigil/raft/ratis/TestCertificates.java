package io.trivigil.raft.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Optional;

/// A small authority that issues certificates for nodes on this host.
final class TestCertificates {
  private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1d, 0x13};
  private static final byte[] ALTERNATIVE_NAMES = {0x55, 0x1d, 0x11};

  private final String name;
  private final KeyPair pair;
  private final X509Certificate certificate;

  TestCertificates(String name) throws GeneralSecurityException {
    this.name = name;
    this.pair = pair();
    byte[] constraints = Der.tlv(0x30, Der.tlv(0x01, new byte[] {(byte) 0xff}));
    this.certificate =
        Der.certificate(
            new Der.Content(
                name, name, pair.getPublic(), extension(BASIC_CONSTRAINTS, constraints)),
            pair.getPrivate());
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static byte[] extension(byte[] oid, byte[] content) {
    return Der.tlv(0x30, Der.tlv(0x06, oid), Der.tlv(0x04, content));
  }

  /// Writes `ca.pem`, `node.pem` and `node-key.pem` for a node at an IPv4 address.
  void issue(Path folder, int... address) throws IOException, GeneralSecurityException {
    Files.createDirectories(folder);
    byte[] ip = new byte[address.length];
    for (int i = 0; i < ip.length; i++) {
      ip[i] = (byte) address[i];
    }
    KeyPair node = pair();
    byte[] names = Der.tlv(0x30, Der.tlv(0x87, ip));
    X509Certificate leaf =
        Der.certificate(
            new Der.Content(
                "node of " + name, name, node.getPublic(), extension(ALTERNATIVE_NAMES, names)),
            pair.getPrivate());
    write(folder.resolve("node-key.pem"), "PRIVATE KEY", node.getPrivate().getEncoded());
    write(folder.resolve("node.pem"), "CERTIFICATE", leaf.getEncoded());
    write(folder.resolve("ca.pem"), "CERTIFICATE", certificate.getEncoded());
  }

  private static void write(Path file, String what, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, body, what));
  }

  /// What a node is told that uses these files.
  static PortSecurity.Tls tls(Path folder) {
    PortSecurity.KeyPairFiles pair =
        new PortSecurity.KeyPairFiles(folder.resolve("node.pem"), folder.resolve("node-key.pem"));
    Path authorities = folder.resolve("ca.pem");
    return new PortSecurity.Tls(pair, authorities, pair, Optional.of(authorities), "", false);
  }
}
