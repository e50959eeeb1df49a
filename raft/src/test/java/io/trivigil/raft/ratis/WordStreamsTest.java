package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.nio.NioEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.socket.nio.NioServerSocketChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WordStreamsTest {
  private final PortContexts contexts = contexts();
  private GreetingService greetings = new GreetingService(contexts, Duration.ofSeconds(30));
  private WordStreams streams = new WordStreams(greetings);
  private final List<String> called = new CopyOnWriteArrayList<>(); // methods, once a call
  private volatile @Nullable Server server;

  /// Its own: a test keeps its thread waiting, and the others' clusters share gRPC's.
  private final EventLoopGroup serverLoop = new NioEventLoopGroup(1);

  private static PortContexts contexts() {
    try {
      return new PortContexts(new PortSecurity.Open(), "main", new Doorkeeper(System::nanoTime));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    greetings.close();
    stop();
    var _ = serverLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
  }

  private void stop() throws InterruptedException {
    Server running = server;
    if (running != null) {
      running.shutdownNow().awaitTermination();
    }
  }

  /// A peer that answers words; who asks for a method that it does not know is told so.
  private RatisConfig.Peer peer(int port, GreetingService.Words words, List<String> unknown)
      throws IOException {
    NettyServerBuilder builder =
        contexts.guard(
            NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(serverLoop)
                .workerEventLoopGroup(serverLoop));
    ServerInterceptor gate =
        new ServerInterceptor() {
          @Override
          public <Q, R> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
            called.add(method);
            if (unknown.contains(method)) {
              call.close(Status.UNIMPLEMENTED, new Metadata());
              return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, headers);
          }
        };
    Server started =
        GreetingService.addTo(
                builder,
                _ -> {
                  throw new AssertionError("nobody greets");
                },
                words)
            .intercept(gate)
            .build()
            .start();
    server = started;
    return new RatisConfig.Peer("n2", "127.0.0.1", started.getPort());
  }

  private static byte[] word(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(CompletableFuture<byte[]> answer) throws Exception {
    return new String(answer.get(Cluster.PATIENCE_S, TimeUnit.SECONDS), StandardCharsets.UTF_8);
  }

  private String askAgain(RatisConfig.Peer peer, String question) throws Exception {
    return text(streams.askAgain(peer, word(question)));
  }

  private static byte[] echo(byte[] question) {
    return word("so " + new String(question, StandardCharsets.UTF_8));
  }

  @Test
  void manyWordsTakeOneCallAndEachHasItsAnswer() throws Exception {
    RatisConfig.Peer peer = peer(0, WordStreamsTest::echo, List.of());
    for (int i = 0; i < 50; i++) {
      assertThat(askAgain(peer, "word " + i)).isEqualTo("so word " + i);
    }
    assertThat(called).containsExactly("words");
    assertThat(text(streams.ask(peer, word("once")))).isEqualTo("so once");
    assertThat(called).containsExactly("words", "word"); // by a call of its own
  }

  @Test
  void anOlderPeerIsAskedByCallsAndTriedAgainLater() throws Exception {
    RatisConfig.Peer peer = peer(0, WordStreamsTest::echo, List.of("words"));
    assertThat(askAgain(peer, "first")).isEqualTo("so first"); // the question is not lost
    assertThat(called).containsExactly("words", "word");
    called.clear();
    for (int i = 0; i < WordStreams.CALLS_BEFORE_NEXT_TRY; i++) {
      assertThat(askAgain(peer, "word " + i)).isEqualTo("so word " + i);
    }
    assertThat(called).hasSize(WordStreams.CALLS_BEFORE_NEXT_TRY).containsOnly("word");
    called.clear();
    assertThat(askAgain(peer, "again")).isEqualTo("so again");
    assertThat(called).containsExactly("words", "word");
  }

  @Test
  void aPeerThatRefusesAWordIsAskedAnewInAnotherStream() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    GreetingService.Words words =
        question -> {
          if (asked.getAndIncrement() == 0) {
            throw new IOException("of another cluster");
          }
          return echo(question);
        };
    RatisConfig.Peer peer = peer(0, words, List.of());
    assertThatThrownBy(() -> askAgain(peer, "a"))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("of another cluster");
    assertThat(askAgain(peer, "b")).isEqualTo("so b");
    assertThat(called).containsExactly("words", "words");
  }

  @Test
  void aLateAnswerIsNotTakenForThatToTheNextQuestion() throws Exception {
    greetings.close();
    greetings = new GreetingService(contexts, Duration.ofSeconds(1));
    streams = new WordStreams(greetings);
    CompletableFuture<byte[]> late = new CompletableFuture<>();
    AtomicInteger asked = new AtomicInteger();
    GreetingService.Words words =
        question -> asked.getAndIncrement() == 0 ? late.join() : echo(question);
    RatisConfig.Peer peer = peer(0, words, List.of());
    assertThatThrownBy(() -> askAgain(peer, "a")).hasCauseInstanceOf(TimeoutException.class);
    late.complete(word("late")); // the thread that reads goes on only now
    Cluster.await("the answer to the next question", () -> answers(peer));
    assertThat(called).hasSizeGreaterThan(1).containsOnly("words");
  }

  @Test
  void aPeerThatWasGoneIsAskedInANewStreamOnceItIsBack() throws Exception {
    RatisConfig.Peer peer = peer(0, WordStreamsTest::echo, List.of());
    CompletableFuture<RatisConfig.Peer> lost = new CompletableFuture<>();
    greetings.onLost(lost::complete);
    assertThat(askAgain(peer, "a")).isEqualTo("so a");
    stop();
    assertThat(lost.get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
        .isEqualTo(peer); // the connection was watched
    assertThatThrownBy(() -> askAgain(peer, "b")).isInstanceOf(ExecutionException.class);
    var _ = peer(peer.port(), WordStreamsTest::echo, List.of());
    Cluster.await("the peer's word", () -> answers(peer));
    assertThat(askAgain(peer, "c")).isEqualTo("so c");
  }

  private boolean answers(RatisConfig.Peer peer) {
    try {
      assertThat(askAgain(peer, "there?")).isEqualTo("so there?");
      return true;
    } catch (ExecutionException e) {
      return false; // not yet
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
