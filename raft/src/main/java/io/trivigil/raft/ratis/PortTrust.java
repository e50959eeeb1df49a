package io.trivigil.raft.ratis;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Says whose certificates count, as the files say now. Where we called and do not like who
/// answered, it is told here: nobody else knows whom we called. Who calls us is told of by
/// [KnockNegotiator], which knows the address.
final class PortTrust extends X509ExtendedTrustManager {
  private final Judge judge;
  private final Doorkeeper doorkeeper;

  /// Decides about a chain.
  interface Judge {
    void client(X509Certificate[] chain, String authType) throws CertificateException;

    void server(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
        throws CertificateException;
  }

  PortTrust(Judge judge, Doorkeeper doorkeeper) {
    this.judge = judge;
    this.doorkeeper = doorkeeper;
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    try {
      judge.server(chain, authType, engine);
    } catch (CertificateException e) {
      String address =
          engine == null ? "unknown" : engine.getPeerHost() + ":" + engine.getPeerPort();
      doorkeeper.notTrusted(address, refusal(e), reason(chain[0], e));
      throw e;
    }
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    try {
      judge.client(chain, authType);
    } catch (NotTrustedException e) {
      throw e;
    } catch (CertificateException e) {
      NotTrustedException plain = new NotTrustedException(Refusal.CERTIFICATE, reason(chain[0], e));
      plain.initCause(e);
      throw plain;
    }
  }

  private static Refusal refusal(CertificateException e) {
    return e instanceof NotTrustedException known ? known.refusal() : Refusal.CERTIFICATE;
  }

  private static String reason(X509Certificate shown, CertificateException e) {
    return e instanceof NotTrustedException
        ? String.valueOf(e.getMessage())
        : "certificate of %s, issued by %s: %s"
            .formatted(
                shown.getSubjectX500Principal(), shown.getIssuerX500Principal(), e.getMessage());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkServerTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkClientTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0]; // no hints: a node shows the one certificate that it has
  }
}
