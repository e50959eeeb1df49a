package io.trivigil.raft.ratis;

/// How a node gets at its cluster, and others at it.
///
/// @param security what the cluster port asks of a connection; default open
/// @param join whether this node may be added to a cluster that does not know it; a blank node that
///   may be added never founds one. Default false
public record ClusterAccess(PortSecurity security, boolean join) {
  /// Anybody may connect, and a blank node may found a cluster.
  public static final ClusterAccess DEFAULT = new ClusterAccess(new PortSecurity.Open(), false);
}
