package io.trivigil.scraper.loop;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches folders through the operating system. Where that is not possible, files are read again
/// at the refresh interval only.
public final class FolderWatch implements FileWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

  @Override
  public Watching watch(List<String> patterns, Runnable changed) {
    if (patterns.isEmpty()) {
      return () -> {};
    }
    try {
      WatchService service = FileSystems.getDefault().newWatchService();
      List<Path> folders =
          patterns.stream()
              .map(pattern -> Path.of(pattern).toAbsolutePath().getParent())
              .distinct()
              .toList();
      for (Path folder : folders) {
        register(folder, service);
      }
      Thread.ofPlatform().name("file-watch").daemon().start(() -> listen(service, changed));
      return () -> close(service);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("files can not be watched, only refreshed patterns={}", patterns, e);
      return () -> {};
    }
  }

  private static void register(Path folder, WatchService service) {
    try {
      folder.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      LOG.warn("folder can not be watched, only refreshed folder={}", folder, e);
    }
  }

  private static void listen(WatchService service, Runnable changed) {
    try {
      while (true) {
        WatchKey key = service.take();
        key.pollEvents();
        changed.run();
        key.reset();
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("file watch closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(WatchService service) {
    try {
      service.close();
    } catch (IOException e) {
      LOG.debug("file watch did not close", e);
    }
  }
}
