package io.trivigil.raft.ratis;

/// Why somebody was turned away at the cluster port; the metric's label.
public enum Refusal {
  /// Neither TLS nor, on an open port, HTTP/2: a scanner, a browser, something misdirected.
  NOT_THE_PROTOCOL("not_the_protocol"),
  /// It speaks TLS, and this node does not.
  TLS_NOT_EXPECTED("tls_not_expected"),
  /// It showed no certificate.
  NO_CERTIFICATE("no_certificate"),
  /// Its certificate does not count here; or a peer that we called showed such a one.
  CERTIFICATE("certificate"),
  /// Its certificate is not signed with our secret.
  SECRET("secret"),
  /// The TLS handshake failed for another reason; it may not like our certificate.
  HANDSHAKE("handshake"),
  /// It belongs to another cluster, or to none of ours, or was removed.
  NOT_A_MEMBER("not_a_member"),
  /// What it said was meant for another incarnation of this node.
  OTHER_INCARNATION("other_incarnation");

  private final String label;

  Refusal(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
