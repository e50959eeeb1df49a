package io.trivigil.raft.ratis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/// Names: a Raft peer is `node~incarnation`, so that a node whose directory was lost is another
/// peer; a Raft group is made of the cluster's name and its first members.
final class PeerNames {
  private static final char SEPARATOR = '~';

  private PeerNames() {}

  static RaftPeerId peerId(String nodeId, UUID incarnation) {
    return RaftPeerId.valueOf(nodeId + SEPARATOR + incarnation.toString().substring(0, 13));
  }

  static String nodeId(RaftPeerId peer) {
    return nodeId(peer.toString());
  }

  static String nodeId(String peer) {
    int end = peer.lastIndexOf(SEPARATOR);
    return end < 0 ? peer : peer.substring(0, end);
  }

  /// The peers by node id, with the addresses that the log knows.
  static List<RatisConfig.Peer> peers(Collection<RaftPeer> peers) {
    return peers.stream()
        .filter(peer -> peer.getAddress() != null && peer.getAddress().indexOf(':') > 0)
        .map(peer -> peer(nodeId(peer.getId()), peer.getAddress()))
        .toList();
  }

  /// The members with the addresses that a greeting said.
  static List<RatisConfig.Peer> peersOf(Collection<Identity.Member> members) {
    return members.stream()
        .filter(member -> member.address().indexOf(':') > 0)
        .map(member -> peer(member.nodeId(), member.address()))
        .toList();
  }

  private static RatisConfig.Peer peer(String nodeId, String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return new RatisConfig.Peer(
        nodeId,
        bracketed ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(address.substring(colon + 1)));
  }

  static RaftGroupId groupId(String clusterName, Collection<String> firstMembers) {
    String text =
        "trivigil\n"
            + clusterName
            + "\n"
            + String.join("\n", firstMembers.stream().sorted().toList());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(hash);
      return RaftGroupId.valueOf(new UUID(bytes.getLong(), bytes.getLong()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
