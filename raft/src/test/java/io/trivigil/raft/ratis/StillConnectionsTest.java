package io.trivigil.raft.ratis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivigil.raft.PeerSight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.bootstrap.Bootstrap;
import org.apache.ratis.thirdparty.io.netty.bootstrap.ServerBootstrap;
import org.apache.ratis.thirdparty.io.netty.buffer.Unpooled;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.Epoll;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollServerSocketChannel;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollSocketChannel;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollSocketChannelConfig;
import org.apache.ratis.util.PeerProxyMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StillConnectionsTest {
  private static final int LIMIT_MS = (int) RatisConfig.STILL_CONNECTION.toMillis();
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private final PortContexts contexts = contexts(); // it has Netty look for extensions

  private static PortContexts contexts() {
    try {
      return new PortContexts(new PortSecurity.Open(), "main", new Doorkeeper(System::nanoTime));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Bootstrap connecting(EventLoopGroup loop) {
    return new Bootstrap()
        .group(loop)
        .channel(EpollSocketChannel.class)
        .handler(new ChannelInboundHandlerAdapter());
  }

  @Test
  void whereNothingIsAcknowledgedTheConnectionIsGivenUpAndNoOther() throws Exception {
    assumeTrue(Epoll.isAvailable(), "only Linux has it");
    EventLoopGroup loop = new EpollEventLoopGroup(1);
    try (ServerSocket silent = new ServerSocket()) {
      silent.setReceiveBufferSize(4_096);
      silent.bind(ANY_PORT);
      Channel idle = connecting(loop).connect(silent.getLocalSocketAddress()).sync().channel();
      Channel still = connecting(loop).connect(silent.getLocalSocketAddress()).sync().channel();
      // Nobody reads: the window closes, and what does not fit is not taken.
      var _ = still.writeAndFlush(Unpooled.wrappedBuffer(new byte[32 << 20]));
      assertThat(still.closeFuture().await(40, TimeUnit.SECONDS)).isTrue(); // else half an hour
      assertThat(idle.isActive()).isTrue();
    } finally {
      var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  @Test
  void bothEndsAreBounded() throws Exception {
    assumeTrue(Epoll.isAvailable(), "only Linux has it");
    EventLoopGroup loop = new EpollEventLoopGroup(1);
    CompletableFuture<Integer> accepted = new CompletableFuture<>();
    try {
      Channel listening =
          new ServerBootstrap()
              .group(loop)
              .channel(EpollServerSocketChannel.class)
              .childHandler(
                  new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                      accepted.complete(timeoutMs(context.channel()));
                    }
                  })
              .bind(ANY_PORT)
              .sync()
              .channel();
      Channel connected = connecting(loop).connect(listening.localAddress()).sync().channel();
      assertThat(accepted.get(Cluster.PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(LIMIT_MS);
      Cluster.await("the bound", () -> timeoutMs(connected) == LIMIT_MS);
    } finally {
      var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  private static int timeoutMs(Channel channel) {
    return ((EpollSocketChannelConfig) channel.config()).getTcpUserTimeout();
  }

  @Test
  void connectingIsGivenUpToo() throws Exception {
    assumeTrue(Epoll.isAvailable(), "other systems refuse where the queue is full");
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> queue = new ArrayList<>();
      ManagedChannel channel =
          contexts.secure(NettyChannelBuilder.forAddress("127.0.0.1", full.getLocalPort())).build();
      try {
        while (queues(full, queue)) { // nobody accepts: who comes behind them is not answered
          assertThat(queue).hasSizeLessThan(100);
        }
        var _ = channel.getState(true);
        CompletableFuture<ConnectivityState> state = new CompletableFuture<>();
        watch(channel, state);
        // Netty by itself tries for 30 s.
        assertThat(state.get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
            .isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
      } finally {
        channel.shutdownNow();
        for (Socket each : queue) {
          each.close();
        }
      }
    }
  }

  @Test
  void aVoterAsksAPeerThatWasAwayOverNewConnections(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "away", 3)) {
      cluster.startAll();
      List<String> followers = cluster.others(cluster.leader());
      String away = followers.getFirst();
      String voter = followers.getLast();
      RaftServer server = requireNonNull(cluster.log(voter).node().server());
      RaftPeerId peer = requireNonNull(cluster.log(away).node().server()).getId();
      PeerProxyMap<?> proxies = ((RaftServerRpcWithProxy<?, ?>) server.getServerRpc()).getProxies();
      Cluster.await("a word", () -> silentMs(cluster, voter, away) < 1_000);
      Object before = proxies.getProxy(peer);
      cluster.stop(away);
      Cluster.await("the silence", () -> silentMs(cluster, voter, away) > LIMIT_MS);
      cluster.start(away);
      Cluster.await(
          "new connections",
          () -> {
            try {
              return proxies.getProxy(peer) != before;
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      cluster.propose(away, "a", 1);
    }
  }

  private static long silentMs(Cluster cluster, String of, String peer) {
    return cluster.log(of).sight().heard().stream()
        .filter(view -> view.id().equals(peer))
        .mapToLong(PeerSight.PeerView::lastHeardMs)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private static void watch(ManagedChannel channel, CompletableFuture<ConnectivityState> ended) {
    ConnectivityState now = channel.getState(false);
    if (now == ConnectivityState.READY || now == ConnectivityState.TRANSIENT_FAILURE) {
      ended.complete(now);
    } else {
      channel.notifyWhenStateChanged(now, () -> watch(channel, ended));
    }
  }

  private static boolean queues(ServerSocket full, List<Socket> queue) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(full.getLocalSocketAddress(), 300);
      queue.add(socket);
      return true;
    } catch (SocketTimeoutException e) {
      socket.close();
      return false;
    }
  }
}
