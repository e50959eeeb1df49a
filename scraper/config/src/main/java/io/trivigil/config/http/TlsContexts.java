package io.trivigil.config.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Makes TLS contexts from PEM texts.
final class TlsContexts {
  /// The texts behind one [TlsConfig] as they are now; equal material makes an equal context.
  record Material(TlsConfig config, String ca, String cert, String key) {
    static Material load(TlsConfig config, SecretFiles files) throws IOException {
      return new Material(
          config, text(config.ca(), files), text(config.cert(), files), text(config.key(), files));
    }

    private static String text(Optional<SecretSource> source, SecretFiles files)
        throws IOException {
      return source.isPresent() ? source.get().resolve(files).reveal() : "";
    }

    @Override
    public String toString() {
      return "Material[" + config + "]";
    }
  }

  private TlsContexts() {}

  static SSLContext context(Material material) throws GeneralSecurityException, IOException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(material.ca().isEmpty() ? null : authorities(material.ca()));
    TrustManager[] managers = trust.getTrustManagers();
    TlsConfig config = material.config();
    for (int i = 0; i < managers.length; i++) {
      boolean changed = config.insecureSkipVerify() || !config.serverName().isEmpty();
      if (changed && managers[i] instanceof X509ExtendedTrustManager strict) {
        managers[i] = new NamedTrust(strict, config);
      }
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(material.cert().isEmpty() ? null : identity(material), new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), managers, null);
    return context;
  }

  /// The versions that the configuration allows.
  static SSLParameters parameters(TlsConfig config, SSLContext context) {
    SSLParameters parameters = context.getDefaultSSLParameters();
    int from = Math.max(2, TlsConfig.VERSIONS.indexOf(config.minVersion()));
    if (!config.minVersion().isEmpty()) {
      from = TlsConfig.VERSIONS.indexOf(config.minVersion());
    }
    int to = config.maxVersion().isEmpty() ? 3 : TlsConfig.VERSIONS.indexOf(config.maxVersion());
    parameters.setProtocols(
        TlsConfig.VERSIONS.subList(Math.min(from, to), to + 1).toArray(String[]::new));
    return parameters;
  }

  private static KeyStore authorities(String pem) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    int i = 0;
    for (Certificate certificate : certificates(pem)) {
      store.setCertificateEntry("ca-" + i++, certificate);
    }
    if (i == 0) {
      throw new CertificateException("unable to use specified CA cert: no certificate in it");
    }
    return store;
  }

  private static KeyStore identity(Material material) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        privateKey(material.key()),
        new char[0],
        certificates(material.cert()).toArray(Certificate[]::new));
    return store;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
  }

  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    boolean pkcs1 = pem.contains("BEGIN RSA PRIVATE KEY");
    if (!pkcs1 && !pem.contains("BEGIN PRIVATE KEY")) {
      throw new InvalidKeySpecException(
          "client key must be in PKCS#8 or RSA form: convert with openssl pkcs8 -topk8 -nocrypt");
    }
    int from = pem.indexOf("-----", pem.indexOf("-----BEGIN") + 5) + 5;
    int to = pem.indexOf("-----END");
    if (to < from) {
      throw new InvalidKeySpecException("client key ends early");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(pem.substring(from, to));
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs1 ? wrapRsa(bytes) : bytes);
    InvalidKeySpecException last = null;
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        last = e; // a key of another algorithm
      }
    }
    throw new InvalidKeySpecException("client key is neither RSA, EC nor EdDSA", last);
  }

  /// PKCS#8 is PKCS#1 inside a sequence with a version and the algorithm's identifier.
  private static byte[] wrapRsa(byte[] pkcs1) {
    byte[] head = {
      2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
    };
    byte[] octets = der(4, pkcs1);
    byte[] both = new byte[head.length + octets.length];
    System.arraycopy(head, 0, both, 0, head.length);
    System.arraycopy(octets, 0, both, head.length, octets.length);
    return der(0x30, both);
  }

  private static byte[] der(int tag, byte[] content) {
    byte[] out = new byte[content.length + 5];
    out[0] = (byte) tag;
    out[1] = (byte) 0x83;
    out[2] = (byte) (content.length >> 16);
    out[3] = (byte) (content.length >> 8);
    out[4] = (byte) content.length;
    System.arraycopy(content, 0, out, 5, content.length);
    return out;
  }

  /// Trusts anybody, or checks the chain and then that the certificate carries `server_name`.
  private static final class NamedTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager chainCheck;
    private final TlsConfig config;

    NamedTrust(X509ExtendedTrustManager chainCheck, TlsConfig config) {
      this.chainCheck = chainCheck;
      this.config = config;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      if (config.insecureSkipVerify()) {
        return;
      }
      chainCheck.checkServerTrusted(chain, authType);
      if (!carries(chain[0], config.serverName().toLowerCase(Locale.ROOT))) {
        throw new CertificateException("x509: certificate is not valid for " + config.serverName());
      }
    }

    private static boolean carries(X509Certificate certificate, String name)
        throws CertificateException {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      List<String> names = new ArrayList<>();
      if (alternatives != null) {
        alternatives.forEach(entry -> names.add(String.valueOf(entry.get(1))));
      }
      int dot = name.indexOf('.');
      String wildcard = dot > 0 ? "*" + name.substring(dot) : name;
      return names.stream()
          .map(each -> each.toLowerCase(Locale.ROOT))
          .anyMatch(each -> each.equals(name) || each.equals(wildcard));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket s)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine e)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket s)
        throws CertificateException {
      throw new CertificateException("a client only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine e)
        throws CertificateException {
      throw new CertificateException("a client only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("a client only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return chainCheck.getAcceptedIssuers();
    }
  }
}
