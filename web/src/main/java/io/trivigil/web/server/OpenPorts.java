package io.trivigil.web.server;

import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.netty.channel.DefaultEventLoopGroupFactory;
import io.micronaut.http.netty.channel.EventLoopGroupConfiguration;
import io.micronaut.http.netty.channel.EventLoopGroupFactory;
import io.micronaut.http.netty.channel.NettyChannelType;
import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ResourceLeakDetector;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/// Gives Netty the ports that listen already. Micronaut asks for one by the number of a file that
/// this process inherited; here that is its place in [ListeningPorts].
@Singleton
@Primary
@Replaces(DefaultEventLoopGroupFactory.class)
final class OpenPorts implements EventLoopGroupFactory {
  private final ListeningPorts ports;

  OpenPorts(ListeningPorts ports) {
    this.ports = ports;
    // As the factory that is replaced: else Netty watches one buffer in 128 for being forgotten.
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  @Override
  public IoHandlerFactory createIoHandlerFactory(EventLoopGroupConfiguration configuration) {
    return NioIoHandler.newFactory();
  }

  @Override
  public Channel channelInstance(
      NettyChannelType type,
      @Nullable EventLoopGroupConfiguration configuration,
      @Nullable Channel parent,
      int fd) {
    if (type != NettyChannelType.SERVER_SOCKET) {
      throw new IllegalArgumentException("no such port: type=%s number=%d".formatted(type, fd));
    }
    return new NioServerSocketChannel(ports.channel(fd));
  }
}
