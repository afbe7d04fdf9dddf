/* Caffe's LeNet, 20-50-500, as somebody ports it: im2col and gemm, one image after the other.
 *
 *   cc -O2 -std=c99 -o caffe caffe.c -lm
 *   lenet-verify check --program './caffe {inputs} {outputs}' --network caffe
 *
 * conv 20@5, max 2, conv 50@5, max 2, ip 500, ReLU, ip 10, softmax; no ReLU after convolutions.
 * Reads images.bin, labels.bin (int64) and C1.W.bin ... F6.b.bin from the first folder, writes what
 * it has to the second: data and diff of each layer, as Caffe has them, in C order.  It has one
 * mistake; the forward pass is right.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef REAL
#define REAL double
#endif
typedef REAL real;

static const char *from, *to;

static void fail(const char *what, const char *where) {
    fprintf(stderr, "caffe: %s: %s\n", where, what);
    exit(1);
}

static void *zeros(size_t count, size_t size) {
    void *data = calloc(count, size);
    if (!data) fail("out of memory", "calloc");
    return data;
}

static FILE *opened(const char *folder, const char *name, const char *mode) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.bin", folder, name);
    FILE *file = fopen(path, mode);
    if (!file) fail("cannot be opened", path);
    return file;
}

/* the whole file; *count receives the number of elements, or is checked if not 0 */
static void *readall(const char *name, size_t size, size_t *count) {
    FILE *file = opened(from, name, "rb");
    fseek(file, 0, SEEK_END);
    size_t found = (size_t)ftell(file) / size;
    rewind(file);
    if (*count && found != *count) fail("has an unexpected size (float or double?)", name);
    void *data = zeros(found, size);
    if (fread(data, size, found, file) != found) fail("cannot be read", name);
    fclose(file);
    *count = found;
    return data;
}

static void writeall(const char *name, const real *data, size_t count) {
    FILE *file = opened(to, name, "wb");
    if (fwrite(data, sizeof(real), count, file) != count || fclose(file)) fail("not written", name);
}

static real *parameter(const char *name, size_t count) {
    return readall(name, sizeof(real), &count);
}

/* C (M x N) += A (M x K) B (K x N); with ta or tb, A is stored K x M or B is stored N x K */
static void gemm(int ta, int tb, int M, int N, int K, const real *A, const real *B, real *C) {
    for (int i = 0; i < M; i++)
        for (int k = 0; k < K; k++) {
            real a = ta ? A[k * M + i] : A[i * K + k];
            for (int j = 0; j < N; j++) C[i * N + j] += a * (tb ? B[j * K + k] : B[k * N + j]);
        }
}

/* col[(c, u, v)][(i, j)] is x[c][i+u][j+v]; with back, col's elements return to theirs in x */
static void im2col(int C, int H, int F, real *x, real *col, int back) {
    int O = H - F + 1;
    for (int c = 0; c < C; c++)
        for (int u = 0; u < F; u++)
            for (int v = 0; v < F; v++)
                for (int i = 0; i < O; i++)
                    for (int j = 0; j < O; j++) {
                        real *here = x + (c * H + i + u) * H + j + v;
                        if (back) *here += *col++;
                        else *col++ = *here;
                    }
}

typedef struct { int C, H, K, F, O, rows, places; } Conv;

static Conv conv(int C, int H, int K, int F) {
    Conv l = {C, H, K, F, H - F + 1, C * F * F, (H - F + 1) * (H - F + 1)};
    return l;
}

static void conv_forward(Conv l, int N, real *x, const real *W, const real *b, real *y) {
    real *col = zeros((size_t)l.rows * l.places, sizeof(real));
    for (int n = 0; n < N; n++) {
        real *top = y + n * l.K * l.places;
        for (int i = 0; i < l.K * l.places; i++) top[i] = b[i / l.places];
        im2col(l.C, l.H, l.F, x + n * l.C * l.H * l.H, col, 0);
        gemm(0, 0, l.K, l.places, l.rows, W, col, top);
    }
    free(col);
}

/* dW = sum over the images of dy col^T, db of dy, dx from W^T dy; dx may be null */
static void conv_backward(Conv l, int N, real *x, const real *W, const real *dy, real *dW, real *db,
                          real *dx) {
    size_t size = (size_t)l.rows * l.places;
    real *col = zeros(size, sizeof(real));
    for (int n = 0; n < N; n++) {
        const real *top = dy + n * l.K * l.places;
        for (int i = 0; i < l.K * l.places; i++) db[i / l.places] += top[i];
        im2col(l.C, l.H, l.F, x + n * l.C * l.H * l.H, col, 0);
        /* the mistake: every image begins anew, and the gradient of the last one is left */
        for (int i = 0; i < l.K * l.rows; i++) dW[i] = 0;
        gemm(0, 1, l.K, l.rows, l.places, top, col, dW);
        if (!dx) continue;
        for (size_t i = 0; i < size; i++) col[i] = 0;
        gemm(1, 0, l.rows, l.places, l.K, W, top, col);
        im2col(l.C, l.H, l.F, dx + n * l.C * l.H * l.H, col, 1);
    }
    free(col);
}

/* the maximum of each 2x2 window, and where it lies in x */
static void pool_forward(int maps, int H, const real *x, real *y, int *mask) {
    for (int m = 0; m < maps; m++)
        for (int i = 0; i < H; i += 2)
            for (int j = 0; j < H; j += 2) {
                int best = (m * H + i) * H + j;
                for (int u = 0; u < 2; u++)
                    for (int v = 0; v < 2; v++) {
                        int at = (m * H + i + u) * H + j + v;
                        if (x[at] > x[best]) best = at;
                    }
                *mask++ = best;
                *y++ = x[best];
            }
}

/* y (N x out) = x (N x in) W^T + b */
static void ip_forward(int N, int in, int out, const real *x, const real *W, const real *b,
                       real *y) {
    for (int i = 0; i < N * out; i++) y[i] = b[i % out];
    gemm(0, 1, N, out, in, x, W, y);
}

static void ip_backward(int N, int in, int out, const real *x, const real *W, const real *dy,
                        real *dW, real *db, real *dx) {
    for (int i = 0; i < N * out; i++) db[i % out] += dy[i];
    gemm(1, 0, out, in, N, dy, x, dW);
    gemm(0, 0, N, in, out, dy, W, dx);
}

/* the mean loss, and its gradient by the scores */
static real softmax_loss(int N, const real *scores, const int64_t *labels, real *d) {
    real loss = 0;
    for (int n = 0; n < N; n++) {
        const real *s = scores + 10 * n;
        real top = s[0], sum = 0;
        for (int k = 1; k < 10; k++) top = s[k] > top ? s[k] : top;
        for (int k = 0; k < 10; k++) sum += (real)exp(s[k] - top);
        for (int k = 0; k < 10; k++)
            d[10 * n + k] = ((real)exp(s[k] - top) / sum - (labels[n] == k)) / N;
        loss += (real)log(sum) - (s[labels[n]] - top);
    }
    return loss / N;
}

#define NEW(name, count) real *name = zeros((size_t)(count), sizeof(real))

int main(int argc, char **argv) {
    if (argc != 3) fail("two folders wanted: inputs outputs", argv[0]);
    from = argv[1];
    to = argv[2];
    size_t pixels = 0;
    real *images = readall("images", sizeof(real), &pixels);
    int N = (int)(pixels / (28 * 28));
    size_t count = (size_t)N;
    int64_t *labels = readall("labels", sizeof(int64_t), &count);
    Conv c1 = conv(1, 28, 20, 5), c2 = conv(20, 12, 50, 5);
    real *W1 = parameter("C1.W", 20 * 25), *b1 = parameter("C1.b", 20);
    real *W2 = parameter("C3.W", 50 * 20 * 25), *b2 = parameter("C3.b", 50);
    real *W3 = parameter("F5.W", 500 * 800), *b3 = parameter("F5.b", 500);
    real *W4 = parameter("F6.W", 10 * 500), *b4 = parameter("F6.b", 10);

    int s1 = N * 20 * 24 * 24, s2 = N * 20 * 12 * 12, s3 = N * 50 * 8 * 8, s4 = N * 800;
    NEW(conv1, s1); NEW(pool1, s2); NEW(conv2, s3); NEW(pool2, s4);
    NEW(ip1, N * 500); NEW(relu1, N * 500); NEW(ip2, N * 10);
    int *mask1 = zeros((size_t)s2, sizeof(int)), *mask2 = zeros((size_t)s4, sizeof(int));
    conv_forward(c1, N, images, W1, b1, conv1);
    pool_forward(N * 20, 24, conv1, pool1, mask1);
    conv_forward(c2, N, pool1, W2, b2, conv2);
    pool_forward(N * 50, 8, conv2, pool2, mask2);
    ip_forward(N, 800, 500, pool2, W3, b3, ip1);
    for (int i = 0; i < N * 500; i++) relu1[i] = ip1[i] > 0 ? ip1[i] : 0;
    ip_forward(N, 500, 10, relu1, W4, b4, ip2);

    NEW(dip2, N * 10); NEW(drelu1, N * 500); NEW(dip1, N * 500); NEW(dpool2, s4);
    NEW(dconv2, s3); NEW(dpool1, s2); NEW(dconv1, s1);
    NEW(dW1, 20 * 25); NEW(dW2, 50 * 500); NEW(dW3, 500 * 800); NEW(dW4, 5000);
    NEW(db1, 20); NEW(db2, 50); NEW(db3, 500); NEW(db4, 10);
    real loss = softmax_loss(N, ip2, labels, dip2);
    ip_backward(N, 500, 10, relu1, W4, dip2, dW4, db4, drelu1);
    for (int i = 0; i < N * 500; i++) dip1[i] = ip1[i] > 0 ? drelu1[i] : 0;
    ip_backward(N, 800, 500, pool2, W3, dip1, dW3, db3, dpool2);
    for (int i = 0; i < s4; i++) dconv2[mask2[i]] += dpool2[i];
    conv_backward(c2, N, pool1, W2, dconv2, dW2, db2, dpool1);
    for (int i = 0; i < s2; i++) dconv1[mask1[i]] += dpool1[i];
    conv_backward(c1, N, images, W1, dconv1, dW1, db1, NULL);

    writeall("loss.data", &loss, 1);
    writeall("C1.y", conv1, s1); writeall("S2.y", pool1, s2);
    writeall("C3.y", conv2, s3); writeall("S4.y", pool2, s4);
    writeall("F5.z", ip1, N * 500); writeall("F5.y", relu1, N * 500); writeall("F6.y", ip2, N * 10);
    writeall("loss.dx", dip2, N * 10); writeall("F6.dx", drelu1, N * 500);
    writeall("F5.dz", dip1, N * 500); writeall("F5.dx", dpool2, s4);
    writeall("S4.dx", dconv2, s3); writeall("C3.dx", dpool1, s2); writeall("S2.dx", dconv1, s1);
    writeall("C1.dW", dW1, 20 * 25); writeall("C1.db", db1, 20);
    writeall("C3.dW", dW2, 50 * 500); writeall("C3.db", db2, 50);
    writeall("F5.dW", dW3, 500 * 800); writeall("F5.db", db3, 500);
    writeall("F6.dW", dW4, 5000); writeall("F6.db", db4, 10);
    return 0;
}
