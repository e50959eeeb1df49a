package io.trivigil.raft.ratis;

import io.trivigil.raft.LogStatus;
import io.trivigil.raft.LogStatus.Member;
import io.trivigil.raft.LogStatus.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;

/// Reads what Ratis knows of itself and its peers.
final class NodeStatus {
  /// A member of which the leader has not heard for so long counts as dead: another incarnation may
  /// take its place, and leadership is not handed to it.
  static final long SILENT_MS = 2_000;

  private NodeStatus() {}

  static LogStatus starting(RatisConfig config, MachineAdapter adapter) {
    return new LogStatus(
        config.nodeId(),
        "",
        0,
        Role.STARTING,
        false,
        adapter.applied().get(),
        adapter.applied().get(),
        adapter.logTimeMs(),
        0,
        List.of());
  }

  static LogStatus of(
      RatisConfig config, RaftServer.Division division, MachineAdapter adapter, long logBytes) {
    DivisionInfo info = division.getInfo();
    long term = info.getCurrentTerm();
    RaftPeerId leader = info.getLeaderId();
    Role role = role(division, info);
    return new LogStatus(
        config.nodeId(),
        leader == null ? "" : PeerNames.nodeId(leader),
        term,
        role,
        role == Role.LEADER && adapter.readyTerm() == term,
        adapter.applied().get(),
        division.getRaftLog().getLastCommittedIndex(),
        adapter.logTimeMs(),
        logBytes,
        members(division, info));
  }

  private static Role role(RaftServer.Division division, DivisionInfo info) {
    if (!info.isAlive()) {
      return Role.CLOSED;
    }
    if (!isVoter(division) || info.getLifeCycleState() == LifeCycle.State.STARTING) {
      // It catches up; in the configuration it votes only once the leader's next heartbeat says so.
      return Role.LISTENER;
    }
    return switch (info.getCurrentRole()) {
      case LEADER -> Role.LEADER;
      case CANDIDATE -> Role.CANDIDATE;
      case FOLLOWER -> Role.FOLLOWER;
      case LISTENER -> Role.LISTENER;
      default -> Role.STARTING;
    };
  }

  /// Whether this node is a voter of the newest configuration that it knows.
  static boolean isVoter(RaftServer.Division division) {
    return division.getRaftConf().getCurrentPeers().stream()
        .anyMatch(peer -> peer.getId().equals(division.getId()));
  }

  private static List<Member> members(RaftServer.Division division, DivisionInfo info) {
    Map<String, Long> commits = commits(division);
    Map<String, Long> silent = new HashMap<>();
    RoleInfoProto role = info.getRoleInfoProto();
    for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
      silent.put(follower.getId().getId().toStringUtf8(), follower.getLastRpcElapsedTimeMs());
    }
    if (role.hasFollowerInfo()) {
      ServerRpcProto leader = role.getFollowerInfo().getLeaderInfo();
      silent.put(leader.getId().getId().toStringUtf8(), leader.getLastRpcElapsedTimeMs());
    }
    silent.put(division.getId().toString(), 0L);
    List<Member> members = new ArrayList<>();
    for (RaftPeerRole kind : List.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)) {
      for (RaftPeer peer : division.getRaftConf().getCurrentPeers(kind)) {
        String id = peer.getId().toString();
        members.add(
            new Member(
                PeerNames.nodeId(id),
                peer.getAddress(),
                kind == RaftPeerRole.FOLLOWER,
                info.isLeader() ? commits.getOrDefault(id, -1L) : -1,
                silent.getOrDefault(id, -1L)));
      }
    }
    members.sort(Comparator.comparing(Member::id).thenComparing(Member::voting));
    return members;
  }

  private static Map<String, Long> commits(RaftServer.Division division) {
    Map<String, Long> commits = new HashMap<>();
    for (CommitInfoProto info : division.getCommitInfos()) {
      commits.put(info.getServer().getId().toStringUtf8(), info.getCommitIndex());
    }
    return commits;
  }

  /// The lowest commit index of any member, as far as this node knows; -1 if one was never heard
  /// of.
  static long slowestCommit(RaftServer.Division division) {
    Map<String, Long> commits = commits(division);
    long slowest = Long.MAX_VALUE;
    for (RaftPeerRole kind : List.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)) {
      for (RaftPeer peer : division.getRaftConf().getAllPeers(kind)) {
        slowest = Math.min(slowest, commits.getOrDefault(peer.getId().toString(), -1L));
      }
    }
    return slowest;
  }

  /// Who may take over, best first: the voter named, or else the voters that do not lead, those
  /// with most of the log first. The leader leaves out whom it has not heard of lately.
  static List<RaftPeerId> heirs(RaftServer.Division division, String nodeId) {
    Map<String, Long> commits = commits(division);
    RaftPeerId leader = division.getInfo().getLeaderId();
    boolean leads = division.getInfo().isLeader();
    return division.getRaftConf().getCurrentPeers().stream()
        .map(RaftPeer::getId)
        .filter(id -> !id.equals(leader))
        .filter(id -> nodeId.isEmpty() || PeerNames.nodeId(id).equals(nodeId))
        .filter(id -> !leads || silentMs(division, id) < SILENT_MS)
        .sorted(
            Comparator.comparingLong((RaftPeerId id) -> -commits.getOrDefault(id.toString(), -1L))
                .thenComparing(RaftPeerId::toString))
        .toList();
  }

  /// How long ago the leader last heard of a peer, ms; very long when it never did, or where this
  /// node does not lead.
  static long silentMs(RaftServer.Division division, RaftPeerId peer) {
    return division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
        .filter(info -> info.getId().getId().toStringUtf8().equals(peer.toString()))
        .mapToLong(ServerRpcProto::getLastRpcElapsedTimeMs)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }
}
