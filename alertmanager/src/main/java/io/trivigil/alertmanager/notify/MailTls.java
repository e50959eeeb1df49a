package io.trivigil.alertmanager.notify;

import io.trivigil.config.http.SecretFiles;
import io.trivigil.config.http.TlsConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// TLS sockets for mail as a `tls_config` says. Files are read anew for each connection, so that
/// they may be rotated.
final class MailTls {
  private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
  private static final char[] NO_PASSWORD = new char[0];

  private MailTls() {}

  static SSLSocketFactory factory(TlsConfig config, SecretFiles files, String host)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys(config, files), trust(config, files), null);
    String name = config.serverName().isEmpty() ? host : config.serverName();
    return new Factory(context.getSocketFactory(), config, name);
  }

  private static TrustManager[] trust(TlsConfig config, SecretFiles files)
      throws IOException, GeneralSecurityException {
    if (config.insecureSkipVerify()) {
      return new TrustManager[] {new TrustAll()};
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    if (config.ca().isPresent()) {
      KeyStore store = emptyStore();
      int number = 0;
      for (Certificate ca : certificates(config.ca().get().resolve(files).reveal())) {
        store.setCertificateEntry("ca-" + number++, ca);
      }
      factory.init(store);
    } else {
      factory.init((KeyStore) null);
    }
    return factory.getTrustManagers();
  }

  private static KeyManager[] keys(TlsConfig config, SecretFiles files)
      throws IOException, GeneralSecurityException {
    if (config.cert().isEmpty() || config.key().isEmpty()) {
      return new KeyManager[0];
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        privateKey(config.key().get().resolve(files).reveal()),
        NO_PASSWORD,
        certificates(config.cert().get().resolve(files).reveal()).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static List<Certificate> certificates(String pem) throws GeneralSecurityException {
    return List.copyOf(
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))));
  }

  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    String begin = "-----BEGIN PRIVATE KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      throw new InvalidKeySpecException("client key is not a PKCS #8 PEM (BEGIN PRIVATE KEY)");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (InvalidKeySpecException _) {
        // It is of another kind; the next one may fit.
      }
    }
    throw new InvalidKeySpecException("client key is neither RSA, EC nor Ed25519");
  }

  /// Makes sockets that check the server's name and speak the versions that are allowed.
  private static final class Factory extends SSLSocketFactory {
    private final SSLSocketFactory inner;
    private final TlsConfig config;
    private final String name;

    Factory(SSLSocketFactory inner, TlsConfig config, String name) {
      this.inner = inner;
      this.config = config;
      this.name = name;
    }

    private Socket prepare(Socket socket) {
      SSLSocket tls = (SSLSocket) socket;
      SSLParameters parameters = tls.getSSLParameters();
      if (!config.insecureSkipVerify()) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      int min = config.minVersion().isEmpty() ? 2 : VERSIONS.indexOf(config.minVersion());
      int max =
          config.maxVersion().isEmpty()
              ? VERSIONS.size() - 1
              : VERSIONS.indexOf(config.maxVersion());
      List<String> versions = new ArrayList<>(VERSIONS.subList(min, Math.max(min, max) + 1));
      versions.retainAll(List.of(tls.getSupportedProtocols()));
      parameters.setProtocols(versions.toArray(String[]::new));
      tls.setSSLParameters(parameters);
      return tls;
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
        throws IOException {
      return prepare(inner.createSocket(plain, name, port, autoClose));
    }

    @Override
    public Socket createSocket() throws IOException {
      return prepare(inner.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return prepare(inner.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return prepare(inner.createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return prepare(inner.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return prepare(inner.createSocket(host, port, local, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return inner.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return inner.getSupportedCipherSuites();
    }
  }

  /// For `insecure_skip_verify`, which says what it does.
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
