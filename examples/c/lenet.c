/* LeNet-5 with ReLU, max pooling and softmax: forward and backward in plain loops.
 *
 *   cc -O2 -std=c99 -o lenet lenet.c -lm            double precision
 *   cc -O2 -std=c99 -DREAL=float -o lenet lenet.c -lm
 *   lenet-verify check --program './lenet {inputs} {outputs}' --variant modern
 *
 * Reads images.bin, labels.bin (int64) and C1.W.bin ... F7.b.bin from the first folder, writes
 * every tensor it computes as LAYER.SYMBOL.bin to the second: raw numbers, C order, volumes
 * N x maps x rows x columns.  -DMISTAKE=n builds in one mistake: 1 averages bias gradients over
 * positions, 2 lets the gradient pass a ReLU at 0, 3 gives a pooling gradient to every maximum,
 * 4 turns the kernel on the way back, 5 forgets 1/N, 6 turns it on the way forward.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef REAL
#define REAL double
#endif
#ifndef MISTAKE
#define MISTAKE 0
#endif
typedef REAL real;

enum { C1, S2, C3, S4, C5, F6, F7, LAYERS };

/* maps in, rows (= columns) in, maps out, kernel; a fully connected layer is a 1x1 kernel on a
 * 1x1 image, in memory and in arithmetic; pooling has no kernel */
static const struct { const char *name; int maps, rows, out, kernel; } net[LAYERS] = {
    {"C1", 1, 32, 6, 5},    {"S2", 6, 28, 6, 0},   {"C3", 6, 14, 16, 5}, {"S4", 16, 10, 16, 0},
    {"C5", 16, 5, 120, 5},  {"F6", 120, 1, 84, 1}, {"F7", 84, 1, 10, 1}};

static const char *from, *to;

static void fail(const char *what, const char *where) {
    fprintf(stderr, "lenet: %s: %s\n", where, what);
    exit(1);
}

static FILE *opened(const char *folder, const char *layer, const char *symbol, const char *mode) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s%s.bin", folder, layer, *symbol ? "." : "", symbol);
    FILE *file = fopen(path, mode);
    if (!file) fail("cannot be opened", path);
    return file;
}

/* the whole file; *count receives the number of elements, or is checked if not 0 */
static void *readall(const char *layer, const char *symbol, size_t size, size_t *count) {
    FILE *file = opened(from, layer, symbol, "rb");
    fseek(file, 0, SEEK_END);
    size_t found = (size_t)ftell(file) / size;
    rewind(file);
    if (*count && found != *count) fail("has an unexpected size (float or double?)", layer);
    void *data = malloc(found * size);
    if (!data || fread(data, size, found, file) != found) fail("cannot be read", layer);
    fclose(file);
    *count = found;
    return data;
}

static void writeall(const char *layer, const char *symbol, const void *data, size_t count) {
    FILE *file = opened(to, layer, symbol, "wb");
    if (fwrite(data, sizeof(real), count, file) != count || fclose(file)) fail("not written", layer);
}

static real *zeros(size_t count) {
    real *data = calloc(count, sizeof(real));
    if (!data) fail("out of memory", "calloc");
    return data;
}

/* z[n][k][i][j] = b[k] + sum over c, u, v of x[n][c][i+u][j+v] W[k][c][u][v] */
static void conv(int N, int C, int H, int K, int F, const real *x, const real *W, const real *b,
                 real *z) {
    int O = H - F + 1;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int i = 0; i < O; i++)
                for (int j = 0; j < O; j++) {
                    real sum = b[k];
                    for (int c = 0; c < C; c++)
                        for (int u = 0; u < F; u++)
                            for (int v = 0; v < F; v++)
                                sum += x[((n * C + c) * H + i + u) * H + j + v]
                                     * (MISTAKE == 6 ? W[((k * C + c + 1) * F - 1 - u) * F + F - 1 - v]
                                                     : W[((k * C + c) * F + u) * F + v]);
                    z[((n * K + k) * O + i) * O + j] = sum;
                }
}

/* the same loops: whatever z took from x, W and b gives its gradient back to them */
static void conv_backward(int N, int C, int H, int K, int F, const real *x, const real *W,
                          const real *dz, real *dx, real *dW, real *db) {
    int O = H - F + 1;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int i = 0; i < O; i++)
                for (int j = 0; j < O; j++) {
                    real g = dz[((n * K + k) * O + i) * O + j];
                    db[k] += MISTAKE == 1 ? g / (O * O) : g;
                    for (int c = 0; c < C; c++)
                        for (int u = 0; u < F; u++)
                            for (int v = 0; v < F; v++) {
                                int at_x = ((n * C + c) * H + i + u) * H + j + v;
                                int at_W = ((k * C + c) * F + u) * F + v;
                                int turned = ((k * C + c) * F + F - 1 - u) * F + F - 1 - v;
                                dW[at_W] += g * x[at_x];
                                dx[at_x] += g * W[MISTAKE == 4 ? turned : at_W];
                            }
                }
}

/* index in x of the first maximum of the 2x2 window at (i, j) of one map */
static int first_maximum(const real *x, int H, int i, int j) {
    int best = 2 * i * H + 2 * j;
    for (int u = 0; u < 2; u++)
        for (int v = 0; v < 2; v++) {
            int at = (2 * i + u) * H + 2 * j + v;
            if (x[at] > x[best]) best = at;
        }
    return best;
}

/* forward (y from x) when dx is null, else backward (dx from dy) */
static void pool(int maps, int H, const real *x, real *y, const real *dy, real *dx) {
    int O = H / 2;
    for (int m = 0; m < maps; m++)
        for (int i = 0; i < O; i++)
            for (int j = 0; j < O; j++) {
                int best = m * H * H + first_maximum(x + m * H * H, H, i, j);
                int at = (m * O + i) * O + j;
                if (!dx) y[at] = x[best];
                else if (MISTAKE != 3) dx[best] += dy[at];
                else
                    for (int u = 0; u < 2; u++)
                        for (int v = 0; v < 2; v++) {
                            int here = m * H * H + (2 * i + u) * H + 2 * j + v;
                            if (x[here] == x[best]) dx[here] += dy[at];
                        }
            }
}

/* probs, the mean loss, and its gradient by the scores */
static real softmax_loss(int N, const real *scores, const int64_t *labels, real *probs, real *dx) {
    real loss = 0;
    for (int n = 0; n < N; n++) {
        const real *x = scores + 10 * n;
        real top = x[0], sum = 0;
        for (int k = 1; k < 10; k++) top = x[k] > top ? x[k] : top;
        for (int k = 0; k < 10; k++) sum += (real)exp(x[k] - top);
        for (int k = 0; k < 10; k++) {
            probs[10 * n + k] = (real)exp(x[k] - top) / sum;
            dx[10 * n + k] = (probs[10 * n + k] - (labels[n] == k)) / (MISTAKE == 5 ? 1 : N);
        }
        loss += (real)log(sum) - (x[labels[n]] - top);
    }
    return loss / N;
}

int main(int argc, char **argv) {
    if (argc != 3) fail("two folders wanted: inputs outputs", argv[0]);
    from = argv[1];
    to = argv[2];
    size_t count = 0, classes;
    real *x[LAYERS + 1], *W[LAYERS] = {0}, *b[LAYERS], *z[LAYERS];
    x[C1] = readall("images", "", sizeof(real), &count);
    int N = (int)(count / (32 * 32));
    classes = (size_t)N;
    int64_t *labels = readall("labels", "", sizeof(int64_t), &classes);

    for (int l = 0; l < LAYERS; l++) {
        int C = net[l].maps, H = net[l].rows, K = net[l].out, F = net[l].kernel;
        int O = F ? H - F + 1 : H / 2;
        size_t size = (size_t)N * K * O * O, weights = (size_t)K * C * F * F, biases = (size_t)K;
        z[l] = zeros(size);
        x[l + 1] = zeros(size);
        if (F) {
            W[l] = readall(net[l].name, "W", sizeof(real), &weights);
            b[l] = readall(net[l].name, "b", sizeof(real), &biases);
            conv(N, C, H, K, F, x[l], W[l], b[l], z[l]);
        } else
            pool(N * C, H, x[l], z[l], NULL, NULL);
        for (size_t i = 0; i < size; i++)
            x[l + 1][i] = z[l][i] > 0 || !F || l == F7 ? z[l][i] : 0;
        writeall(net[l].name, "x", x[l], (size_t)N * C * H * H);
        writeall(net[l].name, "z", z[l], size);
        writeall(net[l].name, "y", x[l + 1], size);
    }

    real *probs = zeros((size_t)N * 10), *dy = zeros((size_t)N * 10);
    real loss = softmax_loss(N, x[F7 + 1], labels, probs, dy);
    writeall("loss", "probs", probs, (size_t)N * 10);
    writeall("loss", "data", &loss, 1);
    writeall("loss", "dx", dy, (size_t)N * 10);

    for (int l = F7; l >= C1; l--) {
        int C = net[l].maps, H = net[l].rows, K = net[l].out, F = net[l].kernel;
        int O = F ? H - F + 1 : H / 2;
        size_t size = (size_t)N * K * O * O, weights = (size_t)K * C * F * F;
        real *dx = zeros((size_t)N * C * H * H), *dz = zeros(size);
        writeall(net[l].name, "dy", dy, size);
        for (size_t i = 0; i < size; i++) {
            int on = MISTAKE == 2 ? z[l][i] >= 0 : z[l][i] > 0;
            dz[i] = on || !F || l == F7 ? dy[i] : 0;
        }
        if (F) {
            real *dW = zeros(weights), *db = zeros((size_t)K);
            conv_backward(N, C, H, K, F, x[l], W[l], dz, dx, dW, db);
            writeall(net[l].name, "dW", dW, weights);
            writeall(net[l].name, "db", db, (size_t)K);
        } else
            pool(N * C, H, x[l], NULL, dz, dx);
        writeall(net[l].name, "dz", dz, size);
        writeall(net[l].name, "dx", dx, (size_t)N * C * H * H);
        dy = dx;
    }
    return 0;
}
