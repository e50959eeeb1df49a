package io.trivigil.raft.ratis;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// The two ways to judge a certificate: by who issued it, or by the secret that it proves.
final class PortJudges {
  private PortJudges() {}

  /// By issuer and name.
  static PortTrust.Judge authorities(PortSecurity.Tls tls) throws IOException {
    Watched<X509ExtendedTrustManager> clients =
        new Watched<>(
            List.of(tls.clientAuthorities()), () -> trust(Optional.of(tls.clientAuthorities())));
    Watched<X509ExtendedTrustManager> servers =
        new Watched<>(
            tls.serverAuthorities().stream().toList(), () -> trust(tls.serverAuthorities()));
    return new PortTrust.Judge() {
      @Override
      public void client(X509Certificate[] chain, String authType) throws CertificateException {
        clients.get().checkClientTrusted(chain, authType);
      }

      @Override
      public void server(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
          throws CertificateException {
        if (tls.insecureSkipVerify()) {
          return;
        }
        if (tls.serverName().isEmpty()) {
          servers.get().checkServerTrusted(chain, authType, engine); // and the name
          return;
        }
        servers.get().checkServerTrusted(chain, authType);
        if (!carries(chain[0], tls.serverName().toLowerCase(Locale.ROOT))) {
          throw new CertificateException("not valid for server_name " + tls.serverName());
        }
      }
    };
  }

  private static X509ExtendedTrustManager trust(Optional<Path> authorities) throws IOException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      KeyStore store = null;
      if (authorities.isPresent()) {
        store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int i = 0;
        for (X509Certificate authority : Pem.certificates(authorities.get())) {
          store.setCertificateEntry("ca-" + i++, authority);
        }
      }
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IOException("the JDK has no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IOException("authorities not usable: " + e.getMessage(), e);
    }
  }

  private static boolean carries(X509Certificate certificate, String name)
      throws CertificateException {
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    int dot = name.indexOf('.');
    String wildcard = dot > 0 ? "*" + name.substring(dot) : name;
    return alternatives != null
        && alternatives.stream()
            .map(entry -> String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT))
            .anyMatch(each -> each.equals(name) || each.equals(wildcard));
  }

  /// A chain and its key, which must fit each other.
  static Watched<KeyChain> pair(PortSecurity.KeyPairFiles files) throws IOException {
    return new Watched<>(
        List.of(files.certificates(), files.key()),
        () -> {
          KeyChain chain =
              new KeyChain(Pem.certificates(files.certificates()), Pem.key(files.key()));
          if (!fits(chain)) {
            throw new IOException(
                "%s: not the key of the certificate in %s"
                    .formatted(files.key(), files.certificates()));
          }
          return chain;
        });
  }

  private static boolean fits(KeyChain chain) throws IOException {
    String algorithm =
        switch (chain.key().getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "EdDSA";
        };
    try {
      byte[] probe = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(chain.key());
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(chain.certificates().getFirst().getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// By the secret.
  static PortTrust.Judge secrets(Watched<List<SecretKeySpec>> secrets) {
    return new PortTrust.Judge() {
      @Override
      public void client(X509Certificate[] chain, String authType) throws CertificateException {
        judge(chain);
      }

      @Override
      public void server(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
          throws CertificateException {
        judge(chain);
      }

      private void judge(X509Certificate[] chain) throws CertificateException {
        try {
          if (!SecretKeys.proves(chain[0], secrets.get())) {
            throw new NotTrustedException(
                Refusal.SECRET, "it does not know the secret of --cluster.secret-file");
          }
        } catch (CertificateException e) {
          throw e;
        } catch (GeneralSecurityException e) {
          throw new CertificateException("the secret could not be checked", e);
        }
      }
    };
  }
}
