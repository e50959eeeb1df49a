package io.trivigil.raft.ratis;

import java.security.cert.CertificateException;

/// A certificate does not count here.
final class NotTrustedException extends CertificateException {
  private static final long serialVersionUID = 1;

  private final Refusal refusal;

  NotTrustedException(Refusal refusal, String message) {
    super(message);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
