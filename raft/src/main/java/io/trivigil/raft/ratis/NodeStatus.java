package io.trivigil.raft.ratis;

import io.trivigil.raft.LogStatus;
import io.trivigil.raft.LogStatus.Member;
import io.trivigil.raft.LogStatus.Role;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.PeerSight.PeerView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

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
      RatisConfig config,
      RaftServer.Division division,
      MachineAdapter adapter,
      long logBytes,
      Sight sight) {
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
        members(division, info, adapter, sight));
  }

  static Sight.Standing standing(RaftServer.@Nullable Division division, MachineAdapter adapter) {
    long applied = adapter.applied().get();
    if (division == null) {
      return new Sight.Standing("", false, 0, applied, applied, adapter.logTimeMs());
    }
    RaftPeerId leader = division.getInfo().getLeaderId();
    return new Sight.Standing(
        leader == null ? "" : PeerNames.nodeId(leader),
        division.getInfo().isLeader(),
        division.getInfo().getCurrentTerm(),
        applied,
        division.getRaftLog().getLastCommittedIndex(),
        adapter.logTimeMs());
  }

  /// How long ago this node heard its leader, or as a leader a majority of the voters, ms;
  /// [Long#MAX_VALUE] if neither.
  static long quorumHeardMs(RaftServer.@Nullable Division division) {
    if (division == null) {
      return Long.MAX_VALUE;
    }
    DivisionInfo info = division.getInfo();
    if (!info.isAlive() || info.getLifeCycleState() == LifeCycle.State.STARTING) {
      return Long.MAX_VALUE;
    }
    RoleInfoProto role = info.getRoleInfoProto();
    if (info.isLeader()) {
      Set<String> voters = new HashSet<>();
      division.getRaftConf().getCurrentPeers().forEach(p -> voters.add(p.getId().toString()));
      List<Long> silences =
          role.getLeaderInfo().getFollowerInfoList().stream()
              .filter(f -> voters.contains(f.getId().getId().toStringUtf8()))
              .map(ServerRpcProto::getLastRpcElapsedTimeMs)
              .sorted()
              .toList();
      int needed = voters.size() / 2; // beside this node itself
      if (needed == 0) {
        return 0;
      }
      return silences.size() < needed ? Long.MAX_VALUE : silences.get(needed - 1);
    }
    return info.getLeaderId() == null || !role.hasFollowerInfo()
        ? Long.MAX_VALUE
        : role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs();
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

  private static List<Member> members(
      RaftServer.Division division, DivisionInfo info, MachineAdapter adapter, Sight sight) {
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
    Map<String, PeerView> heard = new HashMap<>();
    sight.heard().forEach(view -> heard.put(view.id(), view));
    List<Member> members = new ArrayList<>();
    for (RaftPeerRole kind : List.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)) {
      for (RaftPeer peer : division.getRaftConf().getCurrentPeers(kind)) {
        boolean voting = kind == RaftPeerRole.FOLLOWER;
        String id = peer.getId().toString();
        members.add(
            peer.getId().equals(division.getId())
                ? self(division, adapter, sight, peer, voting)
                : other(
                    peer,
                    voting,
                    info.isLeader() ? commits.getOrDefault(id, -1L) : -1,
                    silent.getOrDefault(id, -1L),
                    heard.get(PeerNames.nodeId(id))));
      }
    }
    members.sort(Comparator.comparing(Member::id).thenComparing(Member::voting));
    return members;
  }

  private static Member self(
      RaftServer.Division division,
      MachineAdapter adapter,
      Sight sight,
      RaftPeer peer,
      boolean voting) {
    long applied = adapter.applied().get();
    long committed = division.getRaftLog().getLastCommittedIndex();
    return new Member(
        PeerNames.nodeId(peer.getId()),
        peer.getAddress(),
        voting,
        committed,
        applied,
        0,
        division.getInfo().getLeaderId() == null ? -1 : sight.lagMs(applied, committed));
  }

  /// What Raft knows, and what the peer says: whichever is the newer.
  private static Member other(
      RaftPeer peer, boolean voting, long committed, long silentMs, @Nullable PeerView heard) {
    String id = PeerNames.nodeId(peer.getId());
    if (heard == null) {
      return new Member(id, peer.getAddress(), voting, committed, -1, silentMs, -1);
    }
    long lastSeenMs = silentMs < 0 ? heard.lastHeardMs() : Math.min(silentMs, heard.lastHeardMs());
    return new Member(
        id,
        peer.getAddress(),
        voting,
        Math.max(committed, heard.committedIndex()),
        heard.appliedIndex(),
        lastSeenMs,
        lagMs(heard));
  }

  /// One that knew no leader could not know what was committed.
  private static long lagMs(PeerView heard) {
    if (!heard.leaderKnown() || heard.lagMs() < 0) {
      return -1;
    }
    boolean late = heard.lastHeardMs() >= PeerSight.REACHABLE_MS;
    return late ? heard.lagMs() + heard.lastHeardMs() : heard.lagMs();
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
