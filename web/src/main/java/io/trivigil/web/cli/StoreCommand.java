package io.trivigil.web.cli;

import io.trivigil.storage.page.FileCheck;
import io.trivigil.storage.page.StoreFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `trivigil store check DATA`: lists what is damaged in the store of a node that is stopped.
@Command(
    name = "trivigil store",
    mixinStandardHelpOptions = true,
    description = "Reads every block of a stopped node's store and lists what is damaged.")
final class StoreCommand implements Callable<Integer> {
  @Parameters(index = "0", description = "check")
  private String what = "";

  @Parameters(index = "1", description = "The data directory, or a store that was set aside.")
  private String data = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() {
    if (!what.equals("check")) {
      throw new UsageException("store wants: check DATA");
    }
    Path store = Path.of(data).resolve("store");
    if (!Files.isDirectory(store)) {
      throw new UsageException("there is no store: dir=" + store);
    }
    int[] damaged = {0};
    long[] bytes = {0};
    StoreFiles.check(
        store,
        new FileCheck() {
          @Override
          public boolean read(String file, long count) {
            bytes[0] += count;
            return true;
          }

          @Override
          public void damaged(String file, String problem) {
            damaged[0]++;
            System.out.printf("damaged: %s: %s%n", file, problem);
          }
        });
    System.out.printf("%d bytes of tables read, %d problems%n", bytes[0], damaged[0]);
    return damaged[0] == 0 ? 0 : 1;
  }
}
