"""Plausible wrong answers to every question of the problem sets.

BANK[set][answer] is a list of (the cell, its score, a pattern for the message).
"""

BANK = {
    "1_chain_rule": {
        "answer_1": [
            ("answer_1 = 1 / (1 + x**2)", 0.0, "more than one factor of ∂f/∂x is lost"),
            ("answer_1 = 2 * x", 0.5, "a factor of ∂f/∂x is lost"),
            ("answer_1 = -2 * x / (1 + x**2)", 0.5, "the sign is turned"),
            (
                "answer_1 = sp.log(1 + x**2)",
                0.0,
                "this is the function itself, but the derivative with respect to",
            ),
            ("answer_1 = 2 * x / (1 + x)", 0.5, "an exponent in ∂f/∂x is wrong"),
        ],
        "answer_2": [
            ("answer_2 = h", 0.0, "this is h itself, but ∂h/∂u was asked"),
            ("answer_2 = -u", 0.5, "∂h/∂u is a formula of h here, the output, and not of u, the"),
            ("answer_2 = -u * h", 0.0, "this is not ∂h/∂u"),
            ("answer_2 = -k * h", 0.0, "this is not ∂h/∂u"),
        ],
        "answer_3": [
            ("answer_3 = 2 * (y_hat - y) * a * h * x", 0.5, "the sign is turned. Look at ∂L/∂y_hat"),
            (
                "answer_3 = 2 * (y_hat - y) * a * (-h)",
                0.5,
                "∂u/∂k is missing: it is a link on the way from L to k",
            ),
            ("answer_3 = (y_hat - y) * a * (-h) * x", 0.5, "the factor 2 of ∂L/∂y_hat is lost"),
            ("answer_3 = 2 * (y_hat - y) * a * (-h) * k", 0.5, "∂u/∂x stands in place of ∂u/∂k"),
            (
                "answer_3 = 2 * (y_hat - y) * h",
                0.0,
                "this is the gradient of a, but the gradient of k was asked",
            ),
        ],
        "answer_4": [
            ("answer_4 = 2 * (y_hat - y) * a * (-u * h) / s", 0.5, "the sign is turned. Look at ∂L/∂y_hat"),
            ("answer_4 = 2 * (y_hat - y) * a * h / s", 0.5, "a factor of ∂h/∂u is lost"),
            (
                "answer_4 = 2 * (y_hat - y) * a * u * h",
                0.5,
                "∂u/∂d is missing: it is a link on the way from L to m",
            ),
            (
                "answer_4 = 2 * (y_hat - y) * a * (-u * h) * (-1)",
                0.5,
                "∂u/∂d is missing: it is a link on the way from L to m",
            ),
            (
                "answer_4 = 2 * (y - y_hat) * a * u * h * s",
                0.0,
                "two slips. One: the sign is turned. Look at ∂L/∂y_hat. The",
            ),
        ],
        "answer_5": [
            ("answer_5 = 2 * (y_hat - y) * a * u * h * d / s", 0.5, "an exponent in ∂u/∂s is wrong"),
            ("answer_5 = 2 * (y_hat - y) * a * (-u * h) / s", 0.5, "∂u/∂d stands in place of ∂u/∂s"),
            (
                "answer_5 = 2 * (y_hat - y) * a * (-u * h) * d / s**2",
                0.5,
                "the sign is turned. Look at ∂L/∂y_hat",
            ),
            ("answer_5 = 2 * (y_hat - y) * a * u * h / s", 0.5, "a factor of ∂h/∂u is lost"),
            ("answer_5 = 2 * (y_hat - y) * a * h * d / s**2", 0.5, "a factor of ∂h/∂u is lost"),
        ],
        "answer_6": [
            ("answer_6 = 1.0336", 0.0, "this is the slope: now m moves by 0.01 only"),
            ("answer_6 = promise(m, 1)", 0.0, "this is the slope: now m moves by 0.01 only"),
            ("answer_6 = -promise(m, 0.01)", 0.0, "the size is right. Does the loss grow or fall"),
            ('answer_6 = "0.01"', 0.0, "the answer should be a number, not '0.01'"),
        ],
        "answer_7": [
            ('answer_7 = "positive"', 0.0, "a positive gradient says: the loss falls if m shrinks, and the"),
            ('answer_7 = "zero"', 0.0, "a gradient of zero says: a small move of m changes nothing, to"),
            ("answer_7 = -1", 0.0, "choose one of 'negative', 'zero', 'positive', with the"),
        ],
        "forward": [
            (
                """
def forward(x, a, m, s):
    return a * np.exp(((x - m) / s) ** 2 / 2)
""",
                0.0,
                "y_hat came out as",
            ),
            (
                """
def forward(x, a, m, s):
    return np.exp(-(((x - m) / s) ** 2) / 2)
""",
                0.5,
                "a factor of y_hat is lost",
            ),
            (
                """
def forward(x, a, m, s):
    return a * np.exp(-(((x - m) / s) ** 2) / 2).mean()
""",
                0.0,
                "y_hat came out as",
            ),
            (
                """
def forward(x, a, m):
    return a * np.exp(-((x - m) ** 2) / 2)
""",
                0.5,
                "d does not belong in h: look which of its kind does",
            ),
            (
                """
def forward(x, a, m, s):
    return a * math.exp(-(((x - m) / s) ** 2) / 2)
""",
                0.0,
                "it fails with NameError: name 'math' is not defined",
            ),
        ],
        "answer_9": [
            (
                "answer_9 = 2 * (y_hat - y) * v * h * (1 - h) * x",
                0.5,
                "the paths through ∂y_hat/∂z are missing: paths are added",
            ),
            ("answer_9 = 2 * (y_hat - y) * x", 0.5, "the paths through ∂h/∂z are missing: paths are added"),
            (
                "answer_9 = 2 * (y_hat - y) * (v * h * (1 - h) + 1)",
                0.5,
                "∂z/∂w is missing: it is a link on the way from L to w",
            ),
            (
                "answer_9 = 2 * (y_hat - y) * (v * h + 1) * x",
                0.5,
                "h itself stands in place of ∂h/∂z: differentiate the equation",
            ),
            (
                "answer_9 = 2 * (y_hat - y) * v * h * (1 - h) * 1 * x * x",
                0.0,
                "two slips. One: the paths through ∂y_hat/∂z are missing: paths",
            ),
        ],
    },
    "2_train": {
        "answer_1": [
            (
                "answer_1 = 2 * (y_hat - y) * V * (-x / (K + x) ** 2)",
                0.5,
                "∂K/∂c is missing: the exp's own derivative is a link on the way",
            ),
            (
                "answer_1 = 2 * (y_hat - y) * V * x / (K + x) ** 2 * K",
                0.5,
                "the sign is turned. Look at ∂L/∂y_hat",
            ),
            ("answer_1 = 2 * (y_hat - y) * V * (-1 / (K + x) ** 2) * K", 0.5, "a factor of ∂r/∂K is lost"),
            (
                "answer_1 = 2 * (y_hat - y) * (-x / (K + x) ** 2) * K",
                0.5,
                "∂y_hat/∂r is missing: it is a link on the way from L to c",
            ),
            ("answer_1 = 2 * (y_hat - y) * V * (-x / (K + x)) * K", 0.5, "an exponent in ∂r/∂K is wrong"),
        ],
        "answer_2": [
            ("answer_2 = np.log(0.2) + 0.1 * 0.5", 0.0, "this step goes uphill"),
            ("answer_2 = -0.1 * 0.5", 0.0, "this is how far c moves. Where does it arrive"),
            (
                "answer_2 = np.log(0.2) - 0.1 * 0.5225",
                0.0,
                "V has moved already here: take both slopes first, then move",
            ),
            ("answer_2 = np.log(0.2) - 0.5", 0.0, "-2.10944 is not the number"),
        ],
        "backward": [
            (
                """
def backward(V, c, x, y):
    K = np.exp(c)
    error = V * x / (K + x) - y
    return np.sum(2 * error * x / (K + x)), np.sum(-2 * error * V * x * K / (K + x) ** 2)
""",
                0.5,
                "V: take the mean over the samples",
            ),
            (
                """
def backward(V, c, x, y):
    K = np.exp(c)
    error = V * x / (K + x) - y
    return np.mean(2 * error * x / (K + x)), np.mean(-2 * error * V * x / (K + x) ** 2)
""",
                0.75,
                "the gradient of c: ∂K/∂c is missing: the exp's own derivative",
            ),
            (
                """
def backward(V, c, x, y):
    K = np.exp(c)
    error = V * x / (K + x) - y
    return np.mean(-2 * error * V * x * K / (K + x) ** 2), np.mean(2 * error * x / (K + x))
""",
                0.0,
                "the gradient of c stands in its place: mind the order",
            ),
            (
                """
def backward(V, c, x, y):
    K = np.exp(c)
    error = V * x / (K + x) - y
    return 2 * error * x / (K + x), -2 * error * V * x * K / (K + x) ** 2
""",
                0.0,
                "the gradient of V should have shape",
            ),
            (
                """
def backward(V, c, x, y):
    error = V * x / (c + x) - y
    return np.mean(2 * error * x / (c + x)), np.mean(-2 * error * V * x / (c + x) ** 2)
""",
                0.0,
                "the gradient of V came out as",
            ),
        ],
        "descend": [
            (
                """
def descend(start, data, learning_rate, steps):
    V, c, x, y = start["V"], start["c"], data["x"], data["y"]

    def error():
        return V * x / (np.exp(c) + x) - y

    def slope_V():
        return np.mean(2 * error() * x / (np.exp(c) + x))

    def slope_c():
        return np.mean(-2 * error() * V * x * np.exp(c) / (np.exp(c) + x) ** 2)

    losses = [np.mean(error() ** 2)]
    for _ in range(steps):
        V, c = V + learning_rate * slope_V(), c + learning_rate * slope_c()
        losses.append(np.mean(error() ** 2))
    return {"V": V, "c": c}, losses
""",
                0.5,
                "the update goes uphill: subtract",
            ),
            (
                """
def descend(start, data, learning_rate, steps):
    V, c, x, y = start["V"], start["c"], data["x"], data["y"]

    def error():
        return V * x / (np.exp(c) + x) - y

    def slope_V():
        return np.mean(2 * error() * x / (np.exp(c) + x))

    def slope_c():
        return np.mean(-2 * error() * V * x * np.exp(c) / (np.exp(c) + x) ** 2)

    losses = [np.mean(error() ** 2)]
    for _ in range(steps - 1):
        V, c = V - learning_rate * slope_V(), c - learning_rate * slope_c()
        losses.append(np.mean(error() ** 2))
    return {"V": V, "c": c}, losses
""",
                0.5,
                "one step is missing",
            ),
            (
                """
def descend(start, data, learning_rate, steps):
    V, c, x, y = start["V"], start["c"], data["x"], data["y"]

    def error():
        return V * x / (np.exp(c) + x) - y

    def slope_V():
        return np.mean(2 * error() * x / (np.exp(c) + x))

    def slope_c():
        return np.mean(-2 * error() * V * x * np.exp(c) / (np.exp(c) + x) ** 2)

    losses = [np.mean(error() ** 2)]
    for _ in range(steps):
        V = V - learning_rate * slope_V()
        c = c - learning_rate * slope_c()
        losses.append(np.mean(error() ** 2))
    return {"V": V, "c": c}, losses
""",
                0.5,
                "compute all gradients before any parameter changes",
            ),
            (
                """
def descend(start, data, learning_rate, steps):
    V, c, x, y = start["V"], start["c"], data["x"], data["y"]

    def error():
        return V * x / (np.exp(c) + x) - y

    def slope_V():
        return np.mean(2 * error() * x / (np.exp(c) + x))

    def slope_c():
        return np.mean(-2 * error() * V * x * np.exp(c) / (np.exp(c) + x) ** 2)

    losses = []
    for _ in range(steps):
        V, c = V - learning_rate * slope_V(), c - learning_rate * slope_c()
        losses.append(np.mean(error() ** 2))
    return {"V": V, "c": c}, losses
""",
                0.5,
                "the loss at the start is missing",
            ),
        ],
        "answer_5": [
            ("answer_5 = 1.7522", 0.0, "this is in hundreds of counts. Undo the scaling"),
            ("answer_5 = 212.68", 0.0, "212.68 is not the number"),
            ("answer_5 = 100 * 1.7", 0.0, "170 is not the number"),
        ],
        "answer_6": [
            ("answer_6 = 3.0", 0.0, "3 is not the number"),
            ("answer_6 = 1.5", 0.0, "1.5 is not the number"),
            ("answer_6 = ...", 0.0, "no answer yet. Put yours in place of the three dots, and run"),
        ],
        "answer_7": [
            (
                "answer_7 = (1 - y / y_hat) * x",
                0.5,
                "∂y_hat/∂u is missing: the exp's own derivative is a link on the",
            ),
            ("answer_7 = y_hat * x", 0.5, "∂L/∂y_hat is missing: it is a link on the way from L to w"),
            ("answer_7 = (y - y_hat) * x", 0.5, "the sign is turned. Look at ∂L/∂y_hat"),
            ("answer_7 = y_hat - y", 0.5, "∂u/∂w is missing: it is a link on the way from L to w"),
            ("answer_7 = 2 * (y_hat - y) * x", 0.0, "this is not the gradient of w"),
        ],
        "update": [
            (
                """
def update(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * gradient
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def update(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * (gradient - decay * parameter)
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def update(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * gradient - decay * parameter
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def update(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * (gradient + decay / 2 * parameter**2)
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def update(parameter, gradient, learning_rate, decay):
    return parameter - learning_rate * (gradient + decay)
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def update(parameter, gradient, learning_rate, decay):
    return parameter + learning_rate * (gradient + decay * parameter)
""",
                0.5,
                "a sign inside new_parameter is turned",
            ),
        ],
        "answer_9": [
            ("answer_9 = 13", 0.0, "after so many steps it is still a little more than half"),
            ("answer_9 = 10", 0.0, "each step takes a share of what is left, and that gets less"),
            ("answer_9 = np.log(0.5) / np.log(0.95)", 0.0, "13.5134 is not the number"),
        ],
    },
    "3_activations_and_optimizers": {
        "answer_1": [
            ("answer_1 = 1 / (1 + h**2)", 0.5, "∂h/∂z is a formula of z here, the input, and not of h, the"),
            ("answer_1 = sp.cos(h)", 0.0, "this is not ∂h/∂z"),
            ("answer_1 = 1 + sp.tan(h) ** 2", 0.5, "∂h/∂z is upside down: multiply by it"),
            ("answer_1 = sp.atan(h)", 0.0, "this is not ∂h/∂z"),
            ("answer_1 = 1 - h**2", 0.0, "this is not ∂h/∂z"),
        ],
        "answer_2": [
            ("answer_2 = sp.tanh(y - y_hat) * v * sp.cos(h) ** 2 * x", 0.5, "the sign is turned"),
            (
                "answer_2 = sp.tanh(y_hat - y) * v * sp.cos(h) ** 2",
                0.5,
                "∂z/∂w is missing: it is a link on the way from L to w",
            ),
            (
                "answer_2 = sp.tanh(y_hat - y) * v * x",
                0.5,
                "∂h/∂z is missing: the atan's own derivative is a link on the",
            ),
            ("answer_2 = 2 * (y_hat - y) * v * sp.cos(h) ** 2 * x", 0.0, "this is not the gradient of w"),
            (
                "answer_2 = v * sp.cos(h) ** 2 * x / sp.cosh(y_hat - y)",
                0.0,
                "two slips. One: the sign is turned. The other: a factor of",
            ),
            (
                "answer_2 = sp.tanh(y_hat - y) * h",
                0.0,
                "this is the gradient of v, but the gradient of w was asked",
            ),
        ],
        "answer_3": [
            ("answer_3 = 2", 0.0, "2 is not the number"),
            ("answer_3 = 0", 0.0, "0 is not the number"),
            ("answer_3 = sp.oo", 0.0, "the answer should be a number"),
        ],
        "answer_4": [
            ("answer_4 = p - y", 0.5, "∂z/∂w is missing: it is a link on the way from L to w"),
            ("answer_4 = (y - p) * x", 0.5, "the sign is turned. Look at ∂L/∂p"),
            ("answer_4 = (p - y) * p * (1 - p) * x", 0.5, "∂p/∂z is there twice, and belongs there once"),
            (
                "answer_4 = (-y / p + (1 - y) / (1 - p)) * x",
                0.5,
                "∂p/∂z is missing: the sigmoid's own derivative is a link on the",
            ),
            (
                "answer_4 = (-y / p - (1 - y) / (1 - p)) * p * (1 - p) * x",
                0.5,
                "a sign inside ∂L/∂p is turned",
            ),
            ("answer_4 = 2 * (p - y) * x", 0.0, "this is not the gradient of w"),
        ],
        "backward": [
            (
                """
def backward(w, b, x, y):
    error = sigmoid.numpy(w * x + b) - y
    return np.sum(error * x), np.sum(error)
""",
                0.5,
                "w: take the mean over the samples",
            ),
            (
                """
def backward(w, b, x, y):
    error = y - sigmoid.numpy(w * x + b)
    return np.mean(error * x), np.mean(error)
""",
                0.5,
                "the gradient of w: the sign is turned. Look at ∂L/∂p",
            ),
            (
                """
def backward(w, b, x, y):
    p = sigmoid.numpy(w * x + b)
    slope = (p - y) * p * (1 - p)
    return np.mean(slope * x), np.mean(slope)
""",
                0.5,
                "the gradient of w: ∂p/∂z is there twice, and belongs there once",
            ),
            (
                """
def backward(w, b, x, y):
    error = sigmoid.numpy(w * x + b) - y
    return np.mean(error) * np.mean(x), np.mean(error)
""",
                0.5,
                "the gradient of w came out as",
            ),
            (
                """
def backward(w, b, x, y):
    error = sigmoid(w * x + b) - y
    return np.mean(error * x), np.mean(error)
""",
                0.0,
                "the gradient of w should be numbers, not",
            ),
        ],
        "answer_6": [
            ("answer_6 = -0.5205", 0.0, "this is x. Which temperature belongs to it"),
            ("answer_6 = 75.205", 0.0, "75.205 is not the number"),
            ("answer_6 = 0.5", 0.0, "0.5 is not the number"),
        ],
        "adagrad": [
            (
                """
def adagrad(parameter, gradient, square, learning_rate, epsilon):
    return parameter - learning_rate * gradient / (np.sqrt(square) + epsilon), square + gradient**2
""",
                0.5,
                "square does not belong in new_parameter: look which of its kind",
            ),
            (
                """
def adagrad(parameter, gradient, square, learning_rate, epsilon):
    square = square + gradient**2
    return parameter - learning_rate * gradient / (square + epsilon), square
""",
                0.5,
                "an exponent in new_parameter is wrong",
            ),
            (
                """
def adagrad(parameter, gradient, square, learning_rate, epsilon):
    square = square + gradient**2
    return parameter - learning_rate * gradient / (np.sqrt(square) + epsilon)
""",
                0.0,
                "its result should have shape",
            ),
            (
                """
def adagrad(parameter, gradient, square, learning_rate, epsilon):
    square = 0.9 * square + 0.1 * gradient**2
    return parameter - learning_rate * gradient / (np.sqrt(square) + epsilon), square
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def adagrad(parameter, gradient, square, learning_rate, epsilon):
    square = square + gradient**2
    return square, parameter - learning_rate * gradient / (np.sqrt(square) + epsilon)
""",
                0.0,
                "new_parameter came out as",
            ),
            (
                """
def adagrad(parameter, gradient, square, learning_rate, epsilon):
    square = square + gradient**2
    return parameter + learning_rate * gradient / (np.sqrt(square) + epsilon), square
""",
                0.5,
                "a sign inside new_parameter is turned",
            ),
        ],
        "nesterov": [
            (
                """
def nesterov(parameter, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity + gradient
    return parameter - learning_rate * velocity, velocity
""",
                0.5,
                "velocity does not belong in new_parameter: look which of its",
            ),
            (
                """
def nesterov(parameter, gradient, velocity, learning_rate, momentum):
    new = momentum * velocity + gradient
    return parameter - learning_rate * (gradient + momentum * velocity), new
""",
                0.5,
                "velocity does not belong in new_parameter: look which of its",
            ),
            (
                """
def nesterov(parameter, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity + gradient
    return parameter + learning_rate * (gradient + momentum * velocity), velocity
""",
                0.5,
                "a sign inside new_parameter is turned",
            ),
            (
                """
def nesterov(parameter, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity + (1 - momentum) * gradient
    return parameter - learning_rate * (gradient + momentum * velocity), velocity
""",
                0.0,
                "new_parameter came out as",
            ),
        ],
        "answer_9": [
            ('answer_9 = "A"', 0.0, "A gathers speed, and at step 25 it swings up again, as"),
            ('answer_9 = "C"', 0.0, "C begins as the slope says, and never hurries or tires"),
            ('answer_9 = "AdaGrad"', 0.0, "choose one of 'A', 'B', 'C', with the quotation marks"),
        ],
    },
    "4_deeper": {
        "answer_1": [
            (
                "answer_1 = 2 * (y_hat - y) * v * (1 - t2**2) * w2 * (1 - t1**2) * x",
                0.5,
                "the paths through ∂h2/∂h1 are missing: paths are added",
            ),
            (
                "answer_1 = 2 * (y_hat - y) * v * (1 - t1**2) * x",
                0.5,
                "the paths through ∂z2/∂h1 are missing: paths are added",
            ),
            (
                "answer_1 = 2 * (y_hat - y) * v * (1 + (1 - t2**2)) * (1 - t1**2) * x",
                0.5,
                "∂z2/∂h1 is missing: it is a link on the way from L to w1",
            ),
            (
                "answer_1 = 2 * (y_hat - y) * v * (1 + (1 - t2**2) * w2) * (1 - t1**2)",
                0.5,
                "∂z1/∂w1 is missing: it is a link on the way from L to w1",
            ),
            (
                "answer_1 = 2 * (y_hat - y) * v * (1 + t2 * w2) * (1 - t1**2) * x",
                0.5,
                "t2 itself stands in place of ∂t2/∂z2: differentiate the",
            ),
        ],
        "answer_2": [
            ("answer_2 = 10", 0.0, "each block after the first doubles the number of paths"),
            ("answer_2 = 2**10", 0.0, "the way does not split in the first block: w1 is inside it"),
            ("answer_2 = 20", 0.0, "20 is not the number"),
        ],
        "answer_3": [
            ('answer_3 = "A.T*Z_bar"', 0.0, "A.T has shape"),
            ('answer_3 = "A*Z_bar.T"', 0.0, "A has shape"),
            ('answer_3 = "Z_bar.T*A"', 0.0, "Z_bar.T has shape"),
            ("answer_3 = Z_bar * A.T", 0.0, "choose one of 'A.T"),
        ],
        "answer_4": [
            (
                "answer_4 = 2 * (y_hat - y) * c * 2 * (z1 * x1 + z2 * x2 + z3 * x3)",
                0.5,
                "∂e/∂s is missing: it is a link on the way from L to u",
            ),
            (
                "answer_4 = 2 * (y_hat - y) * c * sp.Rational(2, 3) * (z1 * x2 + z2 * x3 + z3 * x4)",
                0.0,
                "this is the gradient of v, but the gradient of u was asked",
            ),
            (
                "answer_4 = 2 * (y_hat - y) * sp.Rational(2, 3) * (z1 * x1 + z2 * x2 + z3 * x3)",
                0.5,
                "∂y_hat/∂e is missing: it is a link on the way from L to u",
            ),
            (
                "answer_4 = 2 * (y_hat - y) * c * sp.Rational(2, 3) * z1 * x1",
                0.5,
                "only the paths through ∂z1/∂u are counted: others lead there too",
            ),
            (
                "answer_4 = 2 * (y_hat - y) * c * (z1 * x1 + z2 * x2 + z3 * x3) / 3",
                0.5,
                "the factor 2 of ∂L/∂y_hat is lost",
            ),
            ("answer_4 = 2 * (y_hat - y) * c * (x1 + x2 + x3) / 3", 0.0, "this is not the gradient of u"),
        ],
        "energy": [
            (
                """
def energy(u, v, x1, x2, x3, x4):
    z1, z2, z3 = u * x1 + v * x2, u * x2 + v * x3, u * x3 + v * x4
    return z1**2 + z2**2 + z3**2
""",
                0.5,
                "the division by 3 in e is lost: a mean is no sum",
            ),
            (
                """
def energy(u, v, x1, x2, x3, x4):
    z1, z2, z3 = u * x1 + v * x2, u * x2 + v * x3, u * x3 + v * x4
    return (z1 + z2 + z3) / 3
""",
                0.0,
                "e came out as",
            ),
            (
                """
def energy(u, v, x1, x2, x3, x4):
    z1, z2, z3 = v * x1 + u * x2, v * x2 + u * x3, v * x3 + u * x4
    return (z1**2 + z2**2 + z3**2) / 3
""",
                0.0,
                "e came out as",
            ),
            (
                """
def energy(u, v, x1, x2, x3, x4):
    signal = np.array([x1, x2, x3, x4])
    return np.mean((u * signal[:-1] + v * signal[1:]) ** 2)
""",
                0.0,
                "e came out as",
            ),
            (
                """
def energy(u, v, x1, x2, x3, x4):
    z1, z2 = u * x1 + v * x2, u * x3 + v * x4
    return (z1**2 + z2**2) / 2
""",
                0.0,
                "e came out as",
            ),
        ],
        "answer_6": [
            ("answer_6 = h1", 0.5, "a term of ∂h2/∂g2 is lost"),
            ("answer_6 = x2 - h1", 0.5, "the sign is turned. Look at ∂h2/∂g2"),
            ("answer_6 = h1 + x2", 0.5, "a sign inside ∂h2/∂g2 is turned"),
            ("answer_6 = g2", 0.0, "this is ∂h2/∂h1, but ∂h2/∂g2 was asked"),
        ],
        "answer_7": [
            (
                "answer_7 = 2 * (h2 - y) * (h1 - x2) * g2 * (1 - g2)",
                0.5,
                "the paths through ∂g1/∂b are missing: paths are added",
            ),
            (
                "answer_7 = 2 * (h2 - y) * g2 * (-x1) * g1 * (1 - g1)",
                0.5,
                "the paths through ∂g2/∂b are missing: paths are added",
            ),
            (
                "answer_7 = 2 * (h2 - y) * ((h1 - x2) * g2 * (1 - g2) + g2 * x1 * g1 * (1 - g1))",
                0.5,
                "the sign of ∂g1/∂b is turned",
            ),
            (
                "answer_7 = 2 * (h2 - y) * ((h1 - x2) * g2 * (1 - g2) - x1 * g1 * (1 - g1))",
                0.5,
                "∂h2/∂h1 is missing: it is a link on the way from L to b",
            ),
            (
                "answer_7 = 2 * (h2 - y) * ((h1 - x2) * g2 * (1 - g2) * x2 - g2 * x1 * g1 * (1 - g1) * x1)",
                0.0,
                "this is the gradient of a, but the gradient of b was asked",
            ),
        ],
        "backward": [
            (
                """
def backward(k, u, x1, x2, x3, y):
    memory = slope_k = slope_u = np.zeros(len(y))
    for x_t in [x1, x2, x3]:
        taken = np.tanh(u * x_t)
        slope_k = memory - taken + k * slope_k
        slope_u = (1 - k) * (1 - taken**2) * x_t + k * slope_u
        memory = k * memory + (1 - k) * taken
    error = 2 * (memory - y)
    return np.sum(error * slope_k), np.sum(error * slope_u)
""",
                0.5,
                "k: take the mean over the samples",
            ),
            (
                """
def backward(k, u, x1, x2, x3, y):
    memory = slope_k = slope_u = np.zeros(len(y))
    for x_t in [x1, x2, x3]:
        taken = np.tanh(u * x_t)
        slope_k = memory - taken
        slope_u = (1 - k) * (1 - taken**2) * x_t + k * slope_u
        memory = k * memory + (1 - k) * taken
    error = 2 * (memory - y)
    return np.mean(error * slope_k), np.mean(error * slope_u)
""",
                0.75,
                "the gradient of k: the paths through ∂h3/∂h2 are missing: paths",
            ),
            (
                """
def backward(k, u, x1, x2, x3, y):
    memory = slope_k = slope_u = np.zeros(len(y))
    for x_t in [x1, x2, x3]:
        taken = np.tanh(u * x_t)
        slope_k = memory + taken + k * slope_k
        slope_u = (1 - k) * (1 - taken**2) * x_t + k * slope_u
        memory = k * memory + (1 - k) * taken
    error = 2 * (memory - y)
    return np.mean(error * slope_k), np.mean(error * slope_u)
""",
                0.5,
                "the gradient of k came out as",
            ),
            (
                """
def backward(k, u, x1, x2, x3, y):
    memory = slope_k = slope_u = np.zeros(len(y))
    for x_t in [x1, x2, x3]:
        taken = np.tanh(u * x_t)
        slope_k = memory - taken + k * slope_k
        slope_u = (1 - k) * x_t + k * slope_u
        memory = k * memory + (1 - k) * taken
    error = 2 * (memory - y)
    return np.mean(error * slope_k), np.mean(error * slope_u)
""",
                0.5,
                "the gradient of u came out as",
            ),
        ],
        "answer_9": [
            ("answer_9 = 0.85", 0.0, "0.85 is not the number"),
            ("answer_9 = 0.95", 0.0, "0.95 is not the number"),
            ("answer_9 = 0.891", 0.0, "0.891 is not the number"),
        ],
    },
    "5_project": {
        "answer_1": [
            ('answer_1 = training["y"].var()', 0.0, "this is its loss on the even years"),
            (
                'answer_1 = held_out["y"].var()',
                0.0,
                "this is the mean of the odd years: they should stay unseen",
            ),
            (
                'answer_1 = 1e6 * np.mean((held_out["y"] - training["y"].mean()) ** 2)',
                0.0,
                "count the flow in thousands",
            ),
            ("answer_1 = line_loss", 0.0, "0.0255725 is not the number"),
        ],
        "network": [
            (
                """
w, b = sp.symbols('w b')
network = Model({y_hat: w * x + b, L: (y - y_hat) ** 2}, parameters=[w, b], data=[x, y])
""",
                0.0,
                "this is the straight line that was given: make a network of it",
            ),
            ("network = ...", 0.0, "no answer yet. Put yours in place of the three dots, and run"),
            ("network = {y_hat: x}", 0.0, "the network should be a Model, not dict"),
            (
                """
w1, b1, w2, b2, z, h = sp.symbols("w1 b1 w2 b2 z h")
network = Model(
    {z: w1 * x + b1, h: sp.atan(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2},
    parameters=[b2, w1, b1, w2],
    data=[x, y],
)
""",
                0.0,
                "put a weight of the hidden layer first among the parameters. b2",
            ),
            (
                """
w1, b1, w2, b2, z, h = sp.symbols("w1 b1 w2 b2 z h")
network = Model(
    {z: w1 * x + b1, h: w2 * sp.atan(z) + b2, L: (y - h) ** 2},
    parameters=[w1, b1, w2, b2],
    data=[x, y],
)
""",
                0.0,
                "no equation computes y_hat: the loss needs a prediction of this",
            ),
            (
                """
w1, b1, w2, b2, z, h = sp.symbols("w1 b1 w2 b2 z h")
network = Model(
    {z: w1 * x + b1, h: z, y_hat: w2 * h + b2, L: (y - y_hat) ** 2},
    parameters=[w1, b1, w2, b2],
    data=[x, y],
)
""",
                0.0,
                "this is the straight line that was given: make a network of it",
            ),
            (
                """
w1, b1, w2, b2, z, h = sp.symbols("w1 b1 w2 b2 z h")
network = Model(
    {z: w1 * x + b1, h: sp.atan(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2},
    parameters=[w1, b1, w2, b2],
    data=[y, x],
)
""",
                0.0,
                "its data should be x, y",
            ),
            (
                "network = Model({y_hat: sp.Symbol('m') * x, L: (y - y_hat) ** 2}, [sp.Symbol('m')], [x, y])",
                0.0,
                "this is the straight line that was given: make a network of it",
            ),
        ],
        "answer_3": [
            (
                "answer_3 = 2 * (y_hat - y) * w2 / (1 + z**2)",
                0.5,
                "∂z/∂w1 is missing: it is a link on the way from L to w1",
            ),
            (
                "answer_3 = 2 * (y_hat - y) / (1 + z**2) * x",
                0.5,
                "∂y_hat/∂h is missing: it is a link on the way from L to w1",
            ),
            ("answer_3 = (y_hat - y) * w2 / (1 + z**2) * x", 0.5, "the factor 2 of ∂L/∂y_hat is lost"),
            (
                "answer_3 = 2 * (y_hat - y) * h",
                0.0,
                "this is the gradient of w2, but the gradient of w1 was asked",
            ),
            (
                "answer_3 = 2 * (y_hat - y) * w2 * h * x",
                0.5,
                "h itself stands in place of ∂h/∂z: differentiate the equation",
            ),
        ],
        "backward": [
            (
                """
def backward(w1, b1, w2, b2, x, y):
    z = w1 * x + b1
    h = np.arctan(z)
    dL_dy_hat = 2 * (w2 * h + b2 - y)
    dL_dz = dL_dy_hat * w2 / (1 + z**2)
    return [np.sum(slope) for slope in (dL_dz * x, dL_dz, dL_dy_hat * h, dL_dy_hat)]
""",
                0.5,
                "w1: take the mean over the samples",
            ),
            (
                """
def backward(w1, b1, w2, b2, x, y):
    z = w1 * x + b1
    h = np.arctan(z)
    dL_dy_hat = 2 * (w2 * h + b2 - y)
    dL_dz = dL_dy_hat * w2 / (1 + z**2)
    return [np.mean(slope) for slope in (dL_dy_hat * h, dL_dy_hat, dL_dz * x, dL_dz)]
""",
                0.0,
                "the gradient of w2 stands in its place: mind the order",
            ),
            (
                """
def backward(w1, b1, w2, b2, x, y):
    z = w1 * x + b1
    h = np.arctan(z)
    dL_dy_hat = 2 * (w2 * h + b2 - y)
    dL_dz = dL_dy_hat * w2
    return [np.mean(slope) for slope in (dL_dz * x, dL_dz, dL_dy_hat * h, dL_dy_hat)]
""",
                0.75,
                "the gradient of w1: ∂h/∂z is missing: the atan's own derivative",
            ),
            (
                """
def backward(w, b, x, y):
    error = 2 * (w * x + b - y)
    return [np.mean(error * x), np.mean(error)]
""",
                0.0,
                "its argument w is unknown here: it may ask for w1, b1, w2, b2",
            ),
        ],
        "descend": [
            (
                """
def descend(start, data, learning_rate, steps):
    parameters, losses = dict(start), []
    for step in range(steps + 1):
        w1, b1, w2, b2 = parameters.values()
        losses.append(np.mean((data["y"] - w2 * np.arctan(w1 * data["x"] + b1) - b2) ** 2))
        if step == steps:
            break
        z = w1 * data["x"] + b1
        error = 2 * (w2 * np.arctan(z) + b2 - data["y"])
        each = error * w2 / (1 + z**2) * data["x"], error * w2 / (1 + z**2), error * np.arctan(z), error
        slopes = [np.mean(slope) for slope in each]
        parameters = {name: parameters[name] + learning_rate * s for name, s in zip(start, slopes)}
    return parameters, losses
""",
                0.5,
                "the update goes uphill: subtract",
            ),
            (
                """
def descend(start, data, learning_rate, steps):
    parameters, losses = dict(start), []
    for step in range(steps + 1):
        w1, b1, w2, b2 = parameters.values()
        losses.append(np.mean((data["y"] - w2 * np.arctan(w1 * data["x"] + b1) - b2) ** 2))
        z = w1 * data["x"] + b1
        error = 2 * (w2 * np.arctan(z) + b2 - data["y"])
        each = error * w2 / (1 + z**2) * data["x"], error * w2 / (1 + z**2), error * np.arctan(z), error
        slopes = [np.mean(slope) for slope in each]
        parameters = {name: parameters[name] - learning_rate * s for name, s in zip(start, slopes)}
    return parameters, losses
""",
                0.0,
                "a parameter at the end came out as",
            ),
            (
                """
def descend(start, data, learning_rate, steps):
    parameters, losses = dict(start), []
    for step in range(steps + 1):
        w1, b1, w2, b2 = parameters.values()
        losses.append(np.mean((data["y"] - w2 * np.arctan(w1 * data["x"] + b1) - b2) ** 2))
        if step == steps:
            break
        z = w1 * data["x"] + b1
        error = 2 * (w2 * np.arctan(z) + b2 - data["y"])
        each = error * w2 / (1 + z**2) * data["x"], error * w2 / (1 + z**2), error * np.arctan(z), error
        slopes = [np.mean(slope) for slope in each]
        parameters = {name: parameters[name] - learning_rate * s for name, s in zip(start, slopes)}
    return losses
""",
                0.0,
                "it should return the parameters w1, b1, w2, b2 by name, and the",
            ),
        ],
        "trained": [
            (
                'trained = {"w1": 0.0, "b1": 0.0, "w2": 0.0, "b2": 0.919}',
                0.0,
                "its mean squared error is 0.03024. It should be smaller than 0.02557",
            ),
            (
                'trained = {"w1": 1.0, "b1": 1.0}',
                0.0,
                "this cannot be evaluated: parameters should give a value to",
            ),
            ("trained = [1.0, 2.0, 3.0]", 0.0, "this cannot be evaluated: parameters should be 4 values,"),
            ("trained = start", 0.0, "its mean squared error is 0.05085"),
            ("start = trained", 0.0, "these are the parameters of the start: train, and keep both"),
            ('trained = "yes"', 0.0, "this cannot be evaluated: parameters should be 4 values,"),
            (
                'trained = {"w1": float("nan"), "b1": 1.0, "w2": 1.0, "b2": 1.0}',
                0.0,
                "parameters for w1 should be one finite number, not nan",
            ),
        ],
        "answer_7": [
            ("answer_7 = 1920", 0.0, "1920 is not the number"),
            ("answer_7 = -1.5", 0.0, "-1.5 is not the number"),
            ("answer_7 = 1902", 0.0, "1902 is not the number"),
        ],
    },
}
